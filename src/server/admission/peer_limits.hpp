#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
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
    explicit RateLimit(std::int64_t per_second) : per_second_(static_cast<double>(per_second)) {}

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

/// Who guesses wrong too often must wait before the next guess is looked at: a second, then twice as long each time, a
/// minute at most. Pure.
class Attempts {
   public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr unsigned free_tries = 3;  ///< As fingers slip.
    static constexpr std::chrono::seconds longest_wait{60};
    static constexpr std::chrono::minutes forgotten_after{10};
    static constexpr std::size_t most_peers = 4096;  ///< The one that was wrong longest ago goes first.

    /// How long the peer must still wait; zero where it may try.
    [[nodiscard]] std::chrono::seconds wait(const std::string& peer, Time now) const;

    void failed(const std::string& peer, Time now);
    void succeeded(const std::string& peer) { wrong_.erase(peer); }

   private:
    struct Wrong {
        unsigned times = 0;
        Time last;
    };

    [[nodiscard]] static Time next_try(const Wrong& wrong);

    std::unordered_map<std::string, Wrong> wrong_;
};

}  // namespace doze::server
