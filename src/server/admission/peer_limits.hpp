#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace doze::server {

/// A token bucket for each peer: a number of requests per second, and as many at once after a pause. Pure.
class RateLimit {
   public:
    using Time = std::chrono::steady_clock::time_point;

    /// Limit of recently active peers. A new one is refused while all of them are active.
    static constexpr std::size_t most_peers = 4096;

    /// At least one.
    explicit RateLimit(std::int64_t per_second) : per_second_(static_cast<double>(per_second)) {}

    /// Counts a request of the peer; false if it exceeds the limit.
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

/// Delays a peer after too many wrong guesses: a second, then twice as long each time, at most a minute.
/// Pure.
class Attempts {
   public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr unsigned free_tries = 3;  ///< For typing errors.
    static constexpr std::chrono::seconds longest_wait{60};
    static constexpr std::chrono::minutes forgotten_after{10};
    static constexpr std::size_t most_peers = 4096;  ///< Beyond this, the peer whose last error is oldest is dropped.

    /// How long the peer must wait; zero if it may try.
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
