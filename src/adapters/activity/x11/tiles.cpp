#include "adapters/activity/x11/tiles.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <random>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"

namespace doze::activity::x11 {

std::unique_ptr<Picture> Picture::make(xcb_connection_t* connection, std::size_t bytes) {
    UniqueFd file(::memfd_create("doze-screen", MFD_CLOEXEC));
    if (!file || ::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) return nullptr;
    void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    if (memory == MAP_FAILED) return nullptr;
    ::madvise(memory, bytes, MADV_DONTDUMP);

    std::unique_ptr<Picture> picture(new Picture(connection, memory, bytes));
    // xcb closes the file once it was sent.
    xcb_shm_attach_fd(connection, picture->segment_, file.release(), 0);
    return picture;
}

Picture::~Picture() {
    xcb_shm_detach(connection_, segment_);
    xcb_flush(connection_);
    wipe();
    ::munmap(memory_, bytes_);
}

xcb_shm_get_image_cookie_t Picture::copy(xcb_window_t window, int top, int width, int height) {
    used_ = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * sizeof(std::uint32_t);
    constexpr std::uint32_t all_planes = ~0U;
    const auto cookie =
        xcb_shm_get_image(connection_, window, 0, static_cast<std::int16_t>(top), static_cast<std::uint16_t>(width),
                          static_cast<std::uint16_t>(height), all_planes, XCB_IMAGE_FORMAT_Z_PIXMAP, segment_, 0);
    xcb_flush(connection_);
    return cookie;
}

void Picture::wipe() {
    ::explicit_bzero(memory_, std::exchange(used_, 0));
}

namespace {

/// Adds one line of pixels to the hashes of the tiles that it crosses. If the width is not a multiple of the tile size,
/// the last tile ends at the right edge and overlaps the one before.
///
/// The compiler vectorizes the inner loop, and the loader picks the widest version that the processor supports: SSE2,
/// which every x86-64 has, would take one and a half times as long as memory takes to deliver the pixels.
#if defined(__x86_64__)
__attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void add_line(const std::uint32_t* line, std::size_t width, const std::uint32_t* key, std::uint32_t mask,
              std::uint64_t* sums) {
    constexpr std::size_t side = Tiles::side;
    constexpr std::size_t half = side / 2;
    for (std::size_t x = 0; x < width; x += side, ++sums) {
        const std::uint32_t* pixels = line + std::min(x, width - side);
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < half; ++i) {
            sum += std::uint64_t{(pixels[i] & mask) + key[i]} * ((pixels[i + half] & mask) + key[i + half]);
        }
        *sums += sum;
    }
}

int tiles_along(int length) {
    return (length + Tiles::side - 1) / Tiles::side;
}

}  // namespace

Tiles::Tiles(int width, int height, int colour_bits)
    : width_(width),
      height_(height),
      columns_(tiles_along(width)),
      rows_(tiles_along(height)),
      mask_(static_cast<std::uint32_t>((std::uint64_t{1} << colour_bits) - 1)),
      key_(std::size_t{side} * side),
      sums_(static_cast<std::size_t>(columns_)),
      known_(static_cast<std::size_t>(columns_ * rows_)),
      repainted_(known_.size()) {
    std::random_device random;
    std::generate(key_.begin(), key_.end(), [&] { return random(); });
}

void Tiles::begin() {
    std::fill(repainted_.begin(), repainted_.end(), 0);
    changed_ = 0;
}

void Tiles::repaint(Rectangle part) {
    const int left = std::max(part.x, 0);
    const int top = std::max(part.y, 0);
    const int right = std::min(part.x + part.width, width_);
    const int bottom = std::min(part.y + part.height, height_);
    for (int y = top; y < bottom; y = (y / side + 1) * side) {
        const int high = std::min((y / side + 1) * side, bottom) - y;
        for (int x = left; x < right; x = (x / side + 1) * side) {
            const int wide = std::min((x / side + 1) * side, right) - x;
            const std::ptrdiff_t tile = std::ptrdiff_t{y / side} * columns_ + x / side;
            repainted_[static_cast<std::size_t>(tile)] += wide * high;
        }
    }
}

double Tiles::repainted() const {
    const auto pixels = std::accumulate(repainted_.begin(), repainted_.end(), std::int64_t{0});
    return static_cast<double>(pixels) / (static_cast<double>(width_) * height_);
}

bool Tiles::is_repainted(int row) const {
    const auto* first = repainted_.data() + static_cast<std::ptrdiff_t>(row) * columns_;
    return std::any_of(first, first + columns_, [](int pixels) { return pixels > 0; });
}

void Tiles::read(int row, const std::uint32_t* pixels) {
    const auto width = static_cast<std::size_t>(width_);
    const auto lines = static_cast<std::size_t>(std::min(side, height_ - row * side));
    std::fill(sums_.begin(), sums_.end(), 0);
    for (std::size_t line = 0; line < lines; ++line) {
        add_line(pixels + line * width, width, key_.data() + line * side, mask_, sums_.data());
    }
    auto tile = static_cast<std::size_t>(row) * sums_.size();
    for (const std::uint64_t sum : sums_) {
        if (known_[tile] && *known_[tile] != sum) changed_ += repainted_[tile];
        known_[tile++] = sum;
    }
}

double Tiles::changed() const {
    return static_cast<double>(changed_) / (static_cast<double>(width_) * height_);
}

}  // namespace doze::activity::x11
