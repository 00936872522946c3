#include "adapters/activity/x11/x11_environment.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

#include "adapters/activity/x11/x11_client.hpp"
#include "base/atomic_file.hpp"
#include "base/handle.hpp"
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

/// A session has few displays; the file of one has a few hundred bytes.
constexpr std::size_t largest_file = std::size_t{1} << 20;

/// The rest of an authority file: each entry is a family and four texts with their lengths, in network order (Xau(3)).
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

/// The file after "-auth" in the server's command line; empty if there is none.
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

namespace doze::activity::x11 {

namespace {

namespace fs = std::filesystem;

/// Servers of this machine answer within milliseconds, unless they hang.
constexpr std::chrono::milliseconds moment(500);

std::optional<int> number_in(std::string_view name) {
    int number = 0;
    if (!name.starts_with('X')) return std::nullopt;
    name.remove_prefix(1);
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return number;
}

UniqueFd connect_to_server(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) return {};
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
    return fd;
}

/// Reads until the peer closes, `size` bytes are there, or `moment` has passed; empty in the last case.
std::optional<std::string> hear(int fd, std::size_t size) {
    std::string heard;
    const auto end = std::chrono::steady_clock::now() + moment;
    while (heard.size() < size) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
        if (left.count() <= 0 || ::poll(&ready, 1, static_cast<int>(left.count())) != 1) return std::nullopt;
        std::array<char, 512> part{};
        const auto count = ::recv(fd, part.data(), std::min(part.size(), size - heard.size()), 0);
        if (count <= 0) return heard;
        heard.append(part.data(), static_cast<std::size_t>(count));
    }
    return heard;
}

/// Sends an invalid greeting, at which a working server hangs up. (A client that is accepted and then leaves may be the
/// last one, at which some servers exit.)
bool hangs_up(int fd) {
    constexpr std::string_view nonsense = "xxxxxxxxxxxx";  // As long as a greeting; the server waits for all of it.
    const auto sent = ::send(fd, nonsense.data(), nonsense.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EPIPE) return true;  // It hung up even before that.
    return sent == std::ssize(nonsense) && hear(fd, 1);
}

}  // namespace

std::optional<int> local_number(const std::string& display) {
    char* host = nullptr;
    int number = 0;
    if (display.empty() || xcb_parse_display(display.c_str(), &host, &number, nullptr) == 0) return std::nullopt;
    const Reply<char> owned_host(host);
    if (host != nullptr && *host != '\0' && std::string_view(host) != "unix") return std::nullopt;
    return number;
}

std::vector<Server> servers_of(uid_t person, const fs::path& folder) {
    std::vector<Server> servers;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const auto number = number_in(entry->path().filename().native());
        struct stat info {};
        if (!number || ::lstat(entry->path().c_str(), &info) != 0 || !S_ISSOCK(info.st_mode)) continue;
        if (info.st_uid != person) continue;
        const auto fd = connect_to_server(entry->path());
        if (!fd) continue;
        Server server{.number = *number};
        ucred peer{};
        socklen_t size = sizeof peer;
        if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) server.process = peer.pid;
        server.answers = hangs_up(fd.get());
        servers.push_back(server);
    }
    std::ranges::sort(servers, {}, &Server::number);
    return servers;
}

std::optional<std::string> refusal_of(int number, const fs::path& folder) {
    const auto fd = connect_to_server(folder / fmt::format("X{}", number));
    if (!fd) return std::nullopt;
    // X Window System Protocol, "Connection Setup": little-endian, version 11.0, without authorization.
    constexpr std::string_view greeting("l\0\x0b\0\0\0\0\0\0\0\0\0", 12);
    if (::send(fd.get(), greeting.data(), greeting.size(), MSG_NOSIGNAL) != std::ssize(greeting)) return "";
    const auto head = hear(fd.get(), 8);
    if (!head || head->size() < 8 || (*head)[0] != 0) return "";
    auto reason = hear(fd.get(), static_cast<unsigned char>((*head)[1])).value_or("");
    while (!reason.empty() && (reason.back() == '\n' || reason.back() == '\0')) reason.pop_back();
    std::ranges::replace_if(
        reason, [](unsigned char c) { return c < ' ' || c > '~'; }, ' ');
    return reason;
}

}  // namespace doze::activity::x11
