#include "server/event_queue.hpp"

#include <utility>

#include "protocol/event_encoder.hpp"
#include "protocol/message.hpp"

namespace doze::server {

void EventQueue::push(std::string_view event) {
    while (events_.size() == most || (!events_.empty() && bytes_ + event.size() > most_bytes)) {
        bytes_ -= events_.front().size();
        events_.pop_front();
        ++lost_;
    }
    bytes_ += event.size();
    events_.emplace_back(event);
}

std::string EventQueue::pop() {
    if (lost_ > 0)
        return protocol::encode(commands::EventsLost{.count = std::exchange(lost_, 0)}, protocol::system_time());
    auto first = std::move(events_.front());
    events_.pop_front();
    bytes_ -= first.size();
    return first;
}

}  // namespace doze::server
