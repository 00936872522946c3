#include "transports/event_queue.hpp"

#include <utility>

#include "commands/message.hpp"

namespace doze::transports {

void EventQueue::push(std::string_view event) {
    if (events_.size() == most) {
        events_.pop_front();
        ++lost_;
    }
    events_.emplace_back(event);
}

std::string EventQueue::pop() {
    if (lost_ > 0) return commands::create("EVENTS_LOST", {{"count", std::exchange(lost_, 0)}}, "doze");
    auto first = std::move(events_.front());
    events_.pop_front();
    return first;
}

}  // namespace doze::transports
