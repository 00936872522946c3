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

/// How long a change of a resource may wait to be told.
constexpr core::Duration comparison_pause = std::chrono::milliseconds(300);

}  // namespace

// Thousands may listen, each step of the engine comes by here, and connections come and go without an event between
// them: neither may cost as much as all listeners together.
void EventStream::subscribe(std::weak_ptr<Listener> listener) {
    listeners_.insert(std::move(listener));
    if (listeners_.size() < many_) return;
    std::erase_if(listeners_, [](const auto& known) { return known.expired(); });
    many_ = std::max<std::size_t>(64, 2 * listeners_.size());
}

/// Looks no further than to the first who is there.
bool EventStream::nobody_listens() const {
    return std::ranges::all_of(listeners_, [](const auto& known) { return known.expired(); });
}

void EventStream::advance(const core::State& state, core::Now now) {
    if (nobody_listens()) {
        listeners_.clear();
        throttle_.forget();
    }
    tell_activities(now);
    tell_presence(state.presence, now);
    tell_countdown(state, now);
    tell_changes(state, now);
}

void EventStream::tell_presence(const core::Presence& presence, core::Now now) {
    const auto present = presence.state();
    const auto before = std::exchange(told_presence_, present);
    if (!before || *before == present) return;
    tell("PRESENCE", now.wall, [&](JsonWriter& content) {
        content.member("state", core::to_string(present));
        content.member("before", core::to_string(*before));
    });
}

void EventStream::tell_activities(core::Now now) {
    for (const auto& each : throttle_.due(now.boot)) {
        tell("USER_ACTIVITY", now.wall - (now.boot - each.at), [&](JsonWriter& content) {
            content.member("activity", core::to_string(each.activity));
            content.member("count", each.count);
        });
    }
}

void EventStream::tell_countdown(const core::State& state, core::Now now) {
    const bool counted = next_tick_.has_value();
    const bool idle = state.presence.state() == core::PresenceState::idle;
    const auto end = idle ? state.presence.away_at() : state.holds.warned_until();
    if (!core::is_warning(state) || !end) {
        next_tick_.reset();
        if (!counted) return;
        return tell("TIMER_END", now.wall,
                    [&](JsonWriter& content) { content.member("reason", core::to_string(state.presence.state())); });
    }
    if (counted && now.boot < *next_tick_) return;
    next_tick_ = now.boot + tick;
    const auto left = std::max(core::Duration::zero(), *end - now.boot);
    whole_countdown_ = counted ? std::max(whole_countdown_, left) : left;
    tell(counted ? "TIMER_TICK" : "TIMER_START", now.wall, [&](JsonWriter& content) {
        content.member("nowtime", left.count());
        content.member("maxtime", whole_countdown_.count());
    });
}

/// What changes together, such as all that goes to sleep, is told at once and compared once.
void EventStream::tell_changes(const core::State& state, core::Now now) {
    if (listeners_.empty()) {
        changed_items_.forget();
        next_comparison_.reset();
        return;
    }
    if (!changed_items_.may_have_changed(state)) return;
    if (changed_items_.knows_any() && !next_comparison_) next_comparison_ = now.boot + comparison_pause;
    if (next_comparison_ && now.boot < *next_comparison_) return;
    next_comparison_.reset();
    changed_items_.compare(state, [&](std::string_view type, const auto& write) { tell(type, now.wall, write); });
}

template <class Write>
void EventStream::tell(std::string_view type, core::WallTime at, Write write) {
    if (listeners_.empty()) return;
    std::string event;
    JsonWriter writer(event);
    begin_message(writer, '"' + fresh_id() + '"', type, at);
    write(writer);
    writer.end_object();
    writer.end_object();
    std::erase_if(listeners_, [&](const auto& known) {
        const auto listener = known.lock();
        if (listener) listener->hear(event);
        return !listener;
    });
}

std::optional<core::TimePoint> EventStream::next_deadline() const {
    if (listeners_.empty()) return std::nullopt;
    std::optional<core::TimePoint> next;
    for (const auto& one : {throttle_.next_deadline(), next_tick_, next_comparison_})
        if (one) next = next ? std::min(*next, *one) : one;
    return next;
}

}  // namespace doze::commands
