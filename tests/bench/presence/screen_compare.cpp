// screen_compare WIDTH HEIGHT ROUNDS: how long it takes to compare a screen with the last look at it, and to read its
// pixels and do nothing with them, in turns; medians in ms as JSON. "cold": nothing of it is in a cache.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <string.h>
#include <vector>

#include "adapters/activity/x11/tiles.hpp"

namespace {

using doze::activity::x11::Tiles;

/// What the results are added to, so that the compiler leaves no work out.
volatile std::uint64_t sink;

double ms(const std::function<void()>& work) {
    const auto begun = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun).count();
}

double median(std::vector<double>& times) {
    std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2), times.end());
    return times[times.size() / 2];
}

/// The least that a look at all pixels can take: vectors as wide as the processor has, as in tiles.cpp.
#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
std::uint32_t
read_all(const std::uint32_t* pixels, std::size_t count) {
    std::uint32_t sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += pixels[i];
    return sum;
}

void compare(Tiles& tiles, const std::vector<std::uint32_t>& screen) {
    tiles.begin();
    tiles.repaint({.width = tiles.width(), .height = tiles.height()});
    const std::uint32_t* pixels = screen.data();
    for (int row = 0; row < tiles.rows(); ++row) {
        tiles.read(row, pixels);
        pixels += static_cast<std::ptrdiff_t>(tiles.width()) * Tiles::side;
    }
    sink = sink + static_cast<std::uint64_t>(tiles.changed() * 1000);
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 4) {
        std::fprintf(stderr, "usage: screen_compare WIDTH HEIGHT ROUNDS\n");
        return 2;
    }
    const int width = std::atoi(arguments[1]);
    const int height = std::atoi(arguments[2]);
    const int rounds = std::atoi(arguments[3]);
    std::mt19937 random(1);
    std::vector<std::uint32_t> screen(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    std::generate(screen.begin(), screen.end(), std::ref(random));
    const std::vector<std::uint32_t> picture = screen;
    std::vector<char> other(std::size_t{192} << 20);  // Larger than any cache.
    Tiles tiles(width, height, 24);
    compare(tiles, screen);

    std::vector<double> reads[2];
    std::vector<double> compares[2];
    std::vector<double> wipes;
    for (int round = 0; round < rounds; ++round) {
        for (const int cold : {0, 1}) {
            const auto chill = [&] {
                if (cold == 1) std::memset(other.data(), round, other.size());
                sink = sink + static_cast<std::uint64_t>(other[static_cast<std::size_t>(round)]);
            };
            chill();
            reads[cold].push_back(ms([&] { sink = sink + read_all(screen.data(), screen.size()); }));
            chill();
            compares[cold].push_back(ms([&] { compare(tiles, screen); }));
        }
        wipes.push_back(ms([&] { ::explicit_bzero(screen.data(), screen.size() * sizeof(screen[0])); }));
        screen = picture;
    }
    std::printf(
        "{\"read_hot\": %.4f, \"read_cold\": %.4f, \"hot\": %.4f, \"cold\": %.4f, \"wipe\": %.4f, \"mb\": %.2f}\n",
        median(reads[0]), median(reads[1]), median(compares[0]), median(compares[1]), median(wipes),
        static_cast<double>(screen.size()) * sizeof(screen[0]) / 1e6);
}
