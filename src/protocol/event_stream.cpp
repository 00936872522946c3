#include "protocol/event_stream.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>

#include "commands/lists.hpp"
#include "core/model/kinds.hpp"
#include "core/view.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/message.hpp"
#include "protocol/row_writer.hpp"

namespace doze::protocol {

namespace {

std::size_t hash_of(std::string_view text) {
    return std::hash<std::string_view>()(text);
}

std::string name_of(const core::KindInfo& kind, const commands::Row& row) {
    return fmt::format("{}/{}/{}/{}", kind.word, row.region, row.group, row.name);
}

std::string update_type(const core::KindInfo& kind) {
    return fmt::format("AWS_{}_UPDATE", kind.command);
}

void write_alone(JsonWriter& writer, const core::SystemView& view, const commands::Row& row, std::string_view item) {
    if (!commands::is_grouped(row)) return writer.raw(item);
    open_group(writer, view, row, {});
    writer.raw(item);
    writer.end_array();
    writer.end_object();
}

}  // namespace

void ChangedItems::forget() {
    revision_.reset();
    known_.clear();
    lengths_.clear();
}

void ChangedItems::compare(const core::SystemView& view, const Tell& tell) {
    Known now;
    now.reserve(known_.size());
    for (const auto& kind : core::kinds()) {
        if (kind.whole_list_in_events)
            compare_list(view, kind, tell, now);
        else
            compare_items(view, kind, tell, now);
    }
    known_ = std::move(now);
    revision_ = view.revision();
}

void ChangedItems::compare_list(const core::SystemView& view, const core::KindInfo& kind, const Tell& tell,
                                Known& now) {
    std::vector<std::string> changed;
    std::size_t length = 0;
    std::string item;
    for (const auto& row : commands::rows(view, {.kind = kind.kind}, {})) {
        item.clear();
        JsonWriter writer(item);
        write_row(writer, view, row, {});
        const auto name = hash_of(name_of(kind, row));
        const auto said = hash_of(item);
        const auto before = known_.find(name);
        if (before == known_.end() || before->second != said) changed.emplace_back(row.name);
        now.emplace(name, said);
        ++length;
    }
    const auto length_before = std::exchange(lengths_[kind.kind], length);
    if (length_before > 0 && (!changed.empty() || length != length_before)) tell.list(kind, changed);
}

void ChangedItems::compare_items(const core::SystemView& view, const core::KindInfo& kind, const Tell& tell,
                                 Known& now) const {
    const commands::ListScope scope{.kind = kind.kind};
    std::string item;
    for (const auto& row : commands::rows(view, scope, {})) {
        item.clear();
        JsonWriter writer(item);
        write_row(writer, view, row, {});
        if (item.empty()) continue;  // A cluster without members.
        const auto name = hash_of(name_of(kind, row));
        const auto said = hash_of(item);
        now.emplace(name, said);
        const auto before = known_.find(name);
        if (before == known_.end() || before->second == said) continue;
        tell.item(update_type(kind), [&](JsonWriter& content) {
            content.key(kind.array);
            content.begin_array();
            write_alone(content, view, row, item);
            content.end_array();
        });
    }
}

namespace {

constexpr core::Duration tick = std::chrono::seconds(1);

/// Longest delay of an event about a changed resource.
constexpr core::Duration comparison_pause = std::chrono::milliseconds(300);

/// Added for each item of long lists: a client receives all instances of a large account every few seconds at most.
constexpr auto pause_for_each = std::chrono::microseconds(100);

/// What the announced sleep does not keep, if there is anything.
void write_not_kept(JsonWriter& content, const core::SystemView& view) {
    bool is_open = false;
    for (const auto& resource : view.would_sleep()) {
        const auto& losses = resource.seen()->losses;
        if (!losses.any()) continue;
        if (!std::exchange(is_open, true)) {
            content.key("not_kept");
            content.begin_array();
        }
        content.begin_object();
        content.member("id", core::to_string(resource.id()));
        content.member("caution", core::to_string(losses));
        content.end_object();
    }
    if (is_open) content.end_array();
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
    const std::string_view activity = !turned ? "TIMER_TICK" : away ? "TIMER_END" : "TIMER_START";
    tell(timers_, "USER_ACTIVITY", now.wall, [&](JsonWriter& content) {
        content.member("activity", activity);
        content.member("nowtime", left.count());
        content.member("maxtime", std::max(whole, left).count());
    });
}

void EventStream::tell_countdown(const core::SystemView& view, core::Now now) {
    const bool counted = next_tick_.has_value();
    const bool idle = view.presence().state() == core::PresenceState::idle;
    const auto end = idle ? view.presence().away_at() : view.holds().warned_until();
    if (!view.is_warning() || !end) {
        next_tick_.reset();
        if (!counted) return;
        return tell("TIMER_END", now.wall,
                    [&](JsonWriter& content) { content.member("reason", core::to_string(view.presence().state())); });
    }
    if (counted && now.boot < *next_tick_) return;
    next_tick_ = now.boot + tick;
    const auto left = std::max(core::Duration::zero(), *end - now.boot);
    whole_countdown_ = counted ? std::max(whole_countdown_, left) : left;
    tell(counted ? "TIMER_TICK" : "TIMER_START", now.wall, [&](JsonWriter& content) {
        content.member("nowtime", left.count());
        content.member("maxtime", whole_countdown_.count());
        if (!counted) write_not_kept(content, view);
    });
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
    changed_items_.compare(
        view, {.item = [&](std::string_view type, const auto& write) { tell(type, now.wall, write); },
               .list = [&](const core::KindInfo& kind,
                           const std::vector<std::string>& changed) { tell_list(view, kind, changed, now.wall); }});
}

/// Sends each listener the list that it shows.
void EventStream::tell_list(const core::SystemView& view, const core::KindInfo& kind,
                            const std::vector<std::string>& changed, core::WallTime at) {
    std::map<std::string, Listeners> shown;
    for (const auto& known : listeners_) {
        const auto listener = known.lock();
        if (!listener) continue;
        const auto is_region = [&](const auto& cached) { return cached.first.second.str() == listener->region(); };
        const bool one = std::ranges::any_of(view.inventory().listings(), is_region);
        shown[one ? listener->region() : std::string()].insert(known);
    }
    for (auto& [region, listeners] : shown) {
        tell(listeners, update_type(kind), at, [&, &region = region](JsonWriter& content) {
            content.key(kind.array);
            content.begin_array();
            for (const auto& row : commands::rows(view, {.kind = kind.kind}, region)) write_row(content, view, row, {});
            content.end_array();
            content.key("changed");
            content.begin_array();
            for (const auto& id : changed) content.string(id);
            content.end_array();
        });
    }
}

template <class Write>
void EventStream::tell(std::string_view type, core::WallTime at, Write write) {
    tell(listeners_, type, at, std::move(write));
}

template <class Write>
void EventStream::tell(Listeners& listeners, std::string_view type, core::WallTime at, Write write) {
    if (listeners.empty()) return;
    std::string event;
    JsonWriter writer(event);
    begin_message(writer, '"' + fresh_id() + '"', type, at);
    write(writer);
    writer.end_object();
    writer.end_object();
    std::erase_if(listeners, [&](const auto& known) {
        const auto listener = known.lock();
        if (listener) listener->hear(event);
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
