#include "adapters/activity/x11/servers.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <fmt/format.h>
#include <poll.h>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>

#include "adapters/activity/x11/x11_client.hpp"
#include "base/handle.hpp"

namespace doze::activity::x11 {
namespace {

namespace fs = std::filesystem;

/// Servers of this machine answer within milliseconds, unless they stand still.
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

/// All that comes until the other side has ended, `size` bytes are there, or a moment is over; none in the last case.
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

/// Says something that is no greeting, at which a server hangs up. (One that is welcomed, and goes, may be the last
/// client, which makes some servers end.)
bool hangs_up(int fd) {
    constexpr std::string_view nonsense = "xxxxxxxxxxxx";  // As long as a greeting: nothing shorter is looked at.
    const auto sent = ::send(fd, nonsense.data(), nonsense.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EPIPE) return true;  // It did not even wait for that.
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
