#pragma once

#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include "base/handle.hpp"

namespace doze::testing {

/// The first number from `first` that nobody has claimed and that `is_free`; it is this process' until its end. Outside
/// of what the system and X servers hand out by themselves; scripts/claims.py keeps to the same.
inline int claim(const char* kind, int first, int end, const std::function<bool(int)>& is_free) {
    static std::vector<UniqueFd> held;
    const auto folder = std::filesystem::temp_directory_path() / fmt::format("doze-claims-{}", ::getuid());
    std::filesystem::create_directory(folder);
    for (int number = first; number < end; ++number) {
        UniqueFd lock(
            ::open((folder / fmt::format("{}-{}", kind, number)).c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
        if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0 || !is_free(number)) continue;
        held.push_back(std::move(lock));
        return number;
    }
    throw std::runtime_error(fmt::format("no {} is free", kind));
}

/// The number of a display. A server that was killed leaves its socket behind, and the next one takes it over.
inline int claim_display() {
    return claim("display", 200, 5000, [](int number) {
        const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        fmt::format_to_n(address.sun_path, sizeof address.sun_path - 1, "/tmp/.X11-unix/X{}", number);
        return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
    });
}

/// A port of loopback that nobody listens at.
inline int claim_port() {
    return claim("port", 20'300, 32'000, [](int port) {
        const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        const sockaddr_in address{.sin_family = AF_INET,
                                  .sin_port = htons(static_cast<std::uint16_t>(port)),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
        return ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    });
}

}  // namespace doze::testing
