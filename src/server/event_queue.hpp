#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

namespace doze::server {

/// What waits until one client reads on. Holds so many events at most: the oldest go, and in their place stands an
/// EVENTS_LOST that counts them.
class EventQueue {
   public:
    /// Several seconds of the most that doze tells; some 50 KiB.
    static constexpr std::size_t most = 256;

    /// So many bytes at most, too, but for the newest: a list of all instances is an event.
    static constexpr std::size_t most_bytes = std::size_t{4} << 20;

    void push(std::string_view event);
    [[nodiscard]] bool empty() const { return events_.empty(); }

    /// REQUIRES: not empty.
    [[nodiscard]] std::string pop();

   private:
    std::list<std::string> events_;  ///< Unlike a deque it takes no room while nothing waits.
    std::size_t bytes_ = 0;
    std::int64_t lost_ = 0;  ///< Since the last EVENTS_LOST.
};

}  // namespace doze::server
