#pragma once

#include <cstdint>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

namespace doze::server {

/// The address of a datagram, as the kernel gives and takes it. Small enough to be copied freely.
struct Peer {
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    };
    socklen_t length = sizeof(sockaddr_in6);

    Peer() : v6{} {}

    /// In the order of this machine.
    [[nodiscard]] std::uint16_t port() const { return ntohs(any.sa_family == AF_INET6 ? v6.sin6_port : v4.sin_port); }
};

/// "127.0.0.1:20200", "[::1]:20200".
[[nodiscard]] std::string to_string(const Peer& peer);

}  // namespace doze::server
