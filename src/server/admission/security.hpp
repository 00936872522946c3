#pragma once

#include <filesystem>

#include "base/secret.hpp"

namespace doze::server {

/// Who may talk (`security` of settings.json), for every way in that others can reach.
struct Security {
    Secret token;                       ///< Empty: there is none, and nobody from elsewhere may talk.
    std::filesystem::path certificate;  ///< PEM; needed, with its key, where TCP or HTTP listens beyond loopback.
    std::filesystem::path key;          ///< PEM.
    double requests_per_second = 1000;  ///< Of one peer.

    bool operator==(const Security&) const = default;
};

}  // namespace doze::server
