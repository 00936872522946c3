#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "base/secret.hpp"

/// What a way into doze is opened with.
namespace doze {

/// Where commands are taken, over UDP and TCP.
inline constexpr std::uint16_t command_port = 20200;

/// Where the web page and its API are.
inline constexpr std::uint16_t web_port = 20201;

/// Bytes of the largest reply over UDP.
inline constexpr std::uint16_t datagram_size = 4096;

struct ListenAddress {
    std::string ip = "127.0.0.1";  ///< IPv4 or IPv6.
    std::uint16_t port = 0;        ///< 0 takes any free one.

    bool operator==(const ListenAddress&) const = default;
};

/// Who may talk, for every way in that others can reach.
struct Security {
    Secret token;                             ///< Empty: there is none, and nobody from elsewhere may talk.
    std::filesystem::path certificate;        ///< PEM; needed, with its key, where TCP or HTTP listens beyond loopback.
    std::filesystem::path key;                ///< PEM.
    std::int64_t requests_per_second = 1000;  ///< Of one peer.

    bool operator==(const Security&) const = default;
};

}  // namespace doze
