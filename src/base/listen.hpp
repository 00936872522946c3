#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/secret.hpp"

/// Settings of doze's listening sockets.
namespace doze {

/// Port for commands over UDP and TCP.
inline constexpr std::uint16_t command_port = 20200;

/// Port of the web page and its API.
inline constexpr std::uint16_t web_port = 20201;

/// Largest UDP reply, in bytes.
inline constexpr std::uint16_t datagram_size = 4096;

struct ListenAddress {
    std::string ip = "127.0.0.1";  ///< IPv4 or IPv6.
    std::uint16_t port = 0;        ///< 0: any free port.

    bool operator==(const ListenAddress&) const = default;
};

/// Access rules for every listener that others can reach.
struct Security {
    Secret token;                             ///< Empty: no token, and only this machine may talk.
    std::filesystem::path certificate;        ///< PEM; required, with its key, if TCP or HTTP listens beyond loopback.
    std::filesystem::path key;                ///< PEM.
    std::int64_t requests_per_second = 1000;  ///< Limit for each peer.

    bool operator==(const Security&) const = default;
};

}  // namespace doze
