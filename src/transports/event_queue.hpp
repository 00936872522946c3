#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

namespace doze::transports {

/// What waits until one client reads on. Holds so many events at most: the oldest go, and in their place stands an
/// EVENTS_LOST that counts them.
class EventQueue {
   public:
    /// Several seconds of the most that doze tells; some 50 KiB.
    static constexpr std::size_t most = 256;

    void push(std::string_view event);
    [[nodiscard]] bool empty() const { return events_.empty(); }

    /// REQUIRES: not empty.
    [[nodiscard]] std::string pop();

   private:
    std::list<std::string> events_;  ///< Unlike a deque it takes no room while nothing waits.
    std::int64_t lost_ = 0;          ///< Since the last EVENTS_LOST.
};

}  // namespace doze::transports
