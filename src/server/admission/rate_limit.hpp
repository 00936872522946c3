#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace doze::server {

/// A bucket of tokens for each peer: so many requests a second, and the same number at once after a rest. Pure.
class RateLimit {
   public:
    using Time = std::chrono::steady_clock::time_point;

    /// Peers that asked lately. A newcomer finds no room while all of them are still asking.
    static constexpr std::size_t most_peers = 4096;

    /// At least one.
    explicit RateLimit(double per_second) : per_second_(per_second) {}

    /// Takes one request of the peer into account; false if it is one too many.
    [[nodiscard]] bool allow(const std::string& peer, Time now);

   private:
    struct Bucket {
        double left;
        Time at;
    };

    [[nodiscard]] double refilled(const Bucket& bucket, Time now) const;

    double per_second_;
    std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace doze::server
