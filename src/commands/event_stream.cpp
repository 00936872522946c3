#include "commands/event_stream.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "commands/json_writer.hpp"
#include "commands/message.hpp"

namespace doze::commands {
namespace {

constexpr core::Duration tick = std::chrono::seconds(1);

}  // namespace

void EventStream::subscribe(std::weak_ptr<Listener> listener) {
    const auto known = [one = listener.lock()](const auto& other) { return other.lock() == one; };
    if (std::ranges::none_of(listeners_, known)) listeners_.push_back(std::move(listener));
}

void EventStream::advance(const core::Presence& presence, core::Now now) {
    std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
    if (listeners_.empty()) throttle_.forget();
    tell_activities(now);
    tell_countdown(presence, now);
}

void EventStream::tell_activities(core::Now now) {
    for (const auto& each : throttle_.due(now.boot)) {
        tell("USER_ACTIVITY", now.wall - (now.boot - each.at), [&](JsonWriter& content) {
            content.member("activity", core::to_string(each.activity));
            content.member("count", each.count);
        });
    }
}

void EventStream::tell_countdown(const core::Presence& presence, core::Now now) {
    const bool counted = next_tick_.has_value();
    const auto away_at = presence.away_at();
    if (presence.state() != core::PresenceState::idle || !away_at) {
        next_tick_.reset();
        if (!counted) return;
        return tell("TIMER_END", now.wall,
                    [&](JsonWriter& content) { content.member("reason", core::to_string(presence.state())); });
    }
    if (counted && now.boot < *next_tick_) return;
    next_tick_ = now.boot + tick;
    const auto left = std::max(core::Duration::zero(), *away_at - now.boot);
    whole_countdown_ = counted ? std::max(whole_countdown_, left) : left;
    tell(counted ? "TIMER_TICK" : "TIMER_START", now.wall, [&](JsonWriter& content) {
        content.member("nowtime", left.count());
        content.member("maxtime", whole_countdown_.count());
    });
}

template <class Write>
void EventStream::tell(std::string_view type, core::WallTime at, Write write) const {
    if (listeners_.empty()) return;
    std::string event;
    JsonWriter writer(event);
    begin_message(writer, '"' + fresh_id() + '"', type, at);
    write(writer);
    writer.end_object();
    writer.end_object();
    for (const auto& known : listeners_)
        if (const auto listener = known.lock()) listener->hear(event);
}

std::optional<core::TimePoint> EventStream::next_deadline() const {
    if (listeners_.empty()) return std::nullopt;
    const auto activity = throttle_.next_deadline();
    if (!activity || !next_tick_) return activity ? activity : next_tick_;
    return std::min(*activity, *next_tick_);
}

}  // namespace doze::commands
