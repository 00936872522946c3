#include "protocol/event_stream.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/view.hpp"
#include "protocol/event_encoder.hpp"

namespace doze::protocol {
namespace {

constexpr core::Duration tick = std::chrono::seconds(1);

/// Longest delay of an event about a changed resource.
constexpr core::Duration comparison_pause = std::chrono::milliseconds(300);

/// Added for each item of long lists: a client receives all instances of a large account every few seconds at most.
constexpr auto pause_for_each = std::chrono::microseconds(100);

/// What the announced sleep does not keep, if there is anything.
std::vector<commands::CountdownStarted::NotKept> not_kept(const core::SystemView& view) {
    std::vector<commands::CountdownStarted::NotKept> all;
    for (const auto& resource : view.would_sleep())
        if (const auto& losses = resource.seen()->losses; losses.any()) all.push_back({resource.id(), losses});
    return all;
}

}  // namespace

// Thousands may listen, each engine step calls these functions, and connections come and go without an event in
// between: neither may cost time for all listeners.
void EventStream::subscribe(std::weak_ptr<commands::EventSink> listener) {
    if (const auto there = listener.lock(); there && there->wants_timer()) {
        timers_.insert(listener);
        next_timer_ = core::TimePoint::min();
    }
    listeners_.insert(std::move(listener));
    if (listeners_.size() < many_) return;
    std::erase_if(listeners_, [](const auto& known) { return known.expired(); });
    many_ = std::max<std::size_t>(64, 2 * listeners_.size());
}

/// Stops at the first listener that exists.
bool EventStream::nobody_listens() const {
    return std::ranges::all_of(listeners_, [](const auto& known) { return known.expired(); });
}

void EventStream::advance(const core::SystemView& view, core::Now now) {
    if (nobody_listens()) {
        listeners_.clear();
        timers_.clear();
        throttle_.forget();
    }
    tell_activities(now);
    tell_timer(view, now);
    tell_presence(view.presence(), now);
    tell_countdown(view, now);
    tell_changes(view, now);
}

void EventStream::tell_presence(const core::Presence& presence, core::Now now) {
    const auto present = presence.state();
    const auto before = std::exchange(told_presence_, present);
    if (!before || *before == present) return;
    tell(commands::PresenceChanged{.state = present, .before = *before}, now.wall);
}

void EventStream::tell_activities(core::Now now) {
    for (const auto& each : throttle_.due(now.boot))
        tell(commands::UserActivity{.activity = each.activity, .count = each.count}, now.wall - (now.boot - each.at));
}

/// The event behind the session timer of the original's dashboard: each second, whatever the person does.
void EventStream::tell_timer(const core::SystemView& view, core::Now now) {
    std::erase_if(timers_, [](const auto& known) {
        const auto listener = known.lock();
        return !listener || !listener->wants_timer();
    });
    if (timers_.empty()) return next_timer_.reset();
    const auto present = view.presence().state();
    const bool turned = std::exchange(timed_presence_, present) != present;
    if (!turned && next_timer_ && now.boot < *next_timer_) return;
    next_timer_ = now.boot + tick;
    const bool away = present == core::PresenceState::away;
    const auto whole = view.settings().presence.inactivity_timeout;
    const auto end = view.presence().away_at();
    // While a key is held down, or doze is blind, the time does not run out.
    const auto left = away ? core::Duration::zero() : end ? std::max(core::Duration::zero(), *end - now.boot) : whole;
    using commands::TimerPhase;
    const auto phase = !turned ? TimerPhase::tick : away ? TimerPhase::end : TimerPhase::start;
    tell(timers_, commands::PersonTimer{.phase = phase, .left = left, .whole = std::max(whole, left)}, now.wall);
}

void EventStream::tell_countdown(const core::SystemView& view, core::Now now) {
    const bool counted = next_tick_.has_value();
    const bool idle = view.presence().state() == core::PresenceState::idle;
    const auto end = idle ? view.presence().away_at() : view.holds().warned_until();
    if (!view.is_warning() || !end) {
        next_tick_.reset();
        if (!counted) return;
        return tell(commands::CountdownEnded{.presence = view.presence().state()}, now.wall);
    }
    if (counted && now.boot < *next_tick_) return;
    next_tick_ = now.boot + tick;
    const auto left = std::max(core::Duration::zero(), *end - now.boot);
    whole_countdown_ = counted ? std::max(whole_countdown_, left) : left;
    if (counted)
        tell(commands::CountdownTick{.left = left, .whole = whole_countdown_}, now.wall);
    else
        tell(commands::CountdownStarted{.left = left, .whole = whole_countdown_, .not_kept = not_kept(view)}, now.wall);
}

/// Changes that happen together, such as everything going to sleep, are compared and reported once.
void EventStream::tell_changes(const core::SystemView& view, core::Now now) {
    if (listeners_.empty()) {
        changed_items_.forget();
        next_comparison_.reset();
        return;
    }
    if (!changed_items_.may_have_changed(view)) return;
    if (changed_items_.knows_any() && !next_comparison_)
        next_comparison_ =
            now.boot + comparison_pause + std::chrono::floor<core::Duration>(changed_items_.size() * pause_for_each);
    if (next_comparison_ && now.boot < *next_comparison_) return;
    next_comparison_.reset();
    for (auto& event : changed_items_.compare(view)) {
        if (auto* list = std::get_if<commands::ListChanged>(&event))
            tell_list(std::move(*list), now.wall);
        else
            tell(event, now.wall);
    }
}

/// Sends each listener the list that it shows.
void EventStream::tell_list(commands::ListChanged event, core::WallTime at) {
    std::map<std::string, Listeners> shown;
    for (const auto& known : listeners_) {
        const auto listener = known.lock();
        if (!listener) continue;
        const auto is_region = [&](const auto& cached) { return cached.first.second.str() == listener->region(); };
        const bool one = std::ranges::any_of(event.view.inventory().listings(), is_region);
        shown[one ? listener->region() : std::string()].insert(known);
    }
    for (auto& [region, listeners] : shown) {
        event.region = region;
        tell(listeners, event, at);
    }
}

void EventStream::tell(const commands::StreamEvent& event, core::WallTime at) {
    tell(listeners_, event, at);
}

void EventStream::tell(Listeners& listeners, const commands::StreamEvent& event, core::WallTime at) {
    if (listeners.empty()) return;
    const auto message = encode(event, at);
    std::erase_if(listeners, [&](const auto& known) {
        const auto listener = known.lock();
        if (listener) listener->hear(message);
        return !listener;
    });
}

std::optional<core::TimePoint> EventStream::next_deadline() const {
    if (listeners_.empty()) return std::nullopt;
    std::optional<core::TimePoint> next;
    for (const auto& one : {throttle_.next_deadline(), next_tick_, next_timer_, next_comparison_})
        if (one) next = next ? std::min(*next, *one) : one;
    return next;
}

}  // namespace doze::protocol
