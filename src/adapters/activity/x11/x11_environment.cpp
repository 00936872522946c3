#include "adapters/activity/x11/x11_environment.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "base/atomic_file.hpp"
#include "base/paths.hpp"

namespace doze::activity {

X11Environment X11Environment::of_process() {
    const auto environment = process_environment();
    const auto variable = [&](const char* name) { return environment(name).value_or(""); };
    return {.display = variable("DISPLAY"),
            .wayland_display = variable("WAYLAND_DISPLAY"),
            .session_type = variable("XDG_SESSION_TYPE")};
}

}  // namespace doze::activity

namespace doze::activity::x11 {
namespace {

namespace fs = std::filesystem;

/// A session has few displays; a file of one has a few hundred bytes.
constexpr std::size_t largest_file = std::size_t{1} << 20;

/// What is left of a file of entries: each a family, and four texts with their lengths, in network order (Xau(3)).
class Reader {
   public:
    explicit Reader(std::string_view rest) : rest_(rest) {}

    std::optional<unsigned> number() {
        if (rest_.size() < 2) return std::nullopt;
        const auto high = static_cast<unsigned char>(rest_[0]);
        const auto low = static_cast<unsigned char>(rest_[1]);
        rest_.remove_prefix(2);
        return static_cast<unsigned>(high << 8 | low);
    }
    std::optional<std::string_view> text() {
        const auto size = number();
        if (!size || rest_.size() < *size) return std::nullopt;
        const auto text = rest_.substr(0, *size);
        rest_.remove_prefix(*size);
        return text;
    }

   private:
    std::string_view rest_;
};

/// The file after "-auth" in the command line of a server; empty where there is none.
fs::path authority_of(pid_t server) {
    std::ifstream in(fmt::format("/proc/{}/cmdline", server), std::ios::binary);
    const std::string all{std::istreambuf_iterator<char>(in), {}};
    std::string before;
    for (std::size_t at = 0; at < all.size();) {
        const std::string word = all.c_str() + at;
        at += word.size() + 1;
        if (before == "-auth") {
            const fs::path file(word);
            return file.is_absolute() ? file : fmt::format("/proc/{}/cwd", server) / file;
        }
        before = word;
    }
    return {};
}

}  // namespace

std::vector<std::string> cookies_in(std::string_view authority, int display) {
    std::vector<std::string> named, any;
    Reader reader(authority);
    while (reader.number()) {
        const auto host = reader.text();
        const auto number = reader.text();
        const auto method = reader.text();
        const auto cookie = reader.text();
        if (!host || !number || !method || !cookie) break;
        if (*method != "MIT-MAGIC-COOKIE-1") continue;
        if (*number == std::to_string(display)) named.emplace_back(*cookie);
        if (number->empty()) any.emplace_back(*cookie);
    }
    named.insert(named.end(), any.begin(), any.end());
    return named;
}

std::vector<std::string> cookies_for(pid_t server, int display) {
    const auto environment = process_environment();
    std::vector<fs::path> files;
    if (server > 0) files.push_back(authority_of(server));
    if (const auto named = environment("XAUTHORITY")) files.emplace_back(*named);
    if (const auto home = environment("HOME")) files.push_back(fs::path(*home) / ".Xauthority");
    std::vector<std::string> cookies;
    for (const auto& file : files) {
        if (file.empty()) continue;
        const auto text = read_file(file, largest_file);
        if (!text || !*text) continue;
        for (auto& cookie : cookies_in(**text, display))
            if (std::ranges::find(cookies, cookie) == cookies.end()) cookies.push_back(std::move(cookie));
    }
    return cookies;
}

}  // namespace doze::activity::x11
