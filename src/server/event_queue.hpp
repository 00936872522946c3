#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>

namespace doze::server {

/// Events that wait until a client reads. Limited in number: the oldest are dropped, and replaced by an EVENTS_LOST
/// with their count.
class EventQueue {
   public:
    /// Several seconds of doze's fastest output; some 50 KiB.
    static constexpr std::size_t most = 256;

    /// Size limit, except for the newest event: a list of all instances is one event.
    static constexpr std::size_t most_bytes = std::size_t{4} << 20;

    void push(std::string_view event);
    [[nodiscard]] bool empty() const { return events_.empty(); }

    /// REQUIRES: not empty.
    [[nodiscard]] std::string pop();

   private:
    std::list<std::string> events_;  ///< Unlike a deque it uses no memory while empty.
    std::size_t bytes_ = 0;
    std::int64_t lost_ = 0;  ///< Events dropped since the last EVENTS_LOST.
};

}  // namespace doze::server
