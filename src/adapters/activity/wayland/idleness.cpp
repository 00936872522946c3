#include "adapters/activity/wayland/idleness.hpp"

#include <algorithm>
#include <utility>

namespace doze::activity::wayland {

using core::ActivityKind;
using core::ActivitySignal;
using core::Duration;

namespace {

/// How much later than its timeout a notification of an untouched seat may be: the compositor's and our own delays.
constexpr Duration slack = std::chrono::seconds(1);

/// The clocks that tell of a suspend are read one after the other; less than this is no suspend.
constexpr Duration shortest_suspend = std::chrono::milliseconds(500);

}  // namespace

void Idleness::watch(Seat seat, Moment now) {
    seats_.insert_or_assign(seat, SeatState{.state = SeatState::fresh, .since = now});
}

Idleness::Said Idleness::unwatch(Seat seat, Moment now) {
    seats_.erase(seat);
    return any_active() ? std::nullopt : end(now);
}

Idleness::Said Idleness::idled(Seat seat, Moment now) {
    const auto found = seats_.find(seat);
    if (found == seats_.end() || is_hidden()) return std::nullopt;
    const SeatState before = std::exchange(found->second, {.state = SeatState::idle, .since = now});
    // The end of what went on into a suspend is told after it, and says nothing of the time since.
    const bool suspended = now.suspended - before.since.suspended >= shortest_suspend;
    const core::TimePoint last =
        suspended ? before.since.at : std::max(before.since.at, now.at - settings_.idle_threshold);
    if (before.state == SeatState::fresh && last - before.since.at <= slack) return std::nullopt;
    if (before.state == SeatState::idle || any_active()) return std::nullopt;
    ongoing_.reset();
    unconfirmed_.reset();
    return ActivitySignal{.kind = ActivityKind::input, .at = last};
}

Idleness::Said Idleness::resumed(Seat seat, Moment now) {
    const auto found = seats_.find(seat);
    if (found == seats_.end() || is_hidden()) return std::nullopt;
    found->second = {.state = SeatState::active, .since = now};
    if (ongoing_) return std::nullopt;
    if (!settings_.inhibitors_look_like_input) return begin(now);
    if (!unconfirmed_) unconfirmed_ = now;
    return std::nullopt;
}

Idleness::Said Idleness::probe_answered(Moment now) {
    certain_ = now.at;
    inhibited_ = false;
    if (const auto confirmed = std::exchange(unconfirmed_, std::nullopt)) return begin(*confirmed);
    return std::nullopt;
}

Idleness::Said Idleness::probe_is_silent(Moment now) {
    inhibited_ = true;
    return settings_.hidden_by_inhibitors ? end(now) : std::nullopt;
}

Idleness::Said Idleness::end(Moment now) {
    unconfirmed_.reset();
    if (!std::exchange(ongoing_, std::nullopt)) return std::nullopt;
    return ActivitySignal{.kind = ActivityKind::input, .at = settings_.hidden_by_inhibitors ? certain_ : now.at};
}

Idleness::Said Idleness::begin(Moment at) {
    ongoing_ = at;
    certain_ = std::max(certain_, at.at);
    return ActivitySignal{.kind = ActivityKind::input, .at = at.at, .ongoing = true};
}

bool Idleness::any_active() const {
    return std::ranges::any_of(seats_, [](const auto& seat) { return seat.second.state == SeatState::active; });
}

}  // namespace doze::activity::wayland
