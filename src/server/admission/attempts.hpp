#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <unordered_map>

namespace doze::server {

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
