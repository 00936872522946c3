#include "core/policy/holds.hpp"

#include <algorithm>
#include <utility>

namespace doze::core {

Holds::Holds(const std::optional<HoldRecord>& record, Now now) {
    if (!record) return;
    if (record->snoozed_until) {
        const auto left = std::min<Duration>(*record->snoozed_until - now.wall, longest_snooze);
        // One that ended meanwhile ends now: nobody could be warned before.
        snooze_ = Snooze{.until = now.boot + std::max(left, Duration::zero()), .wall = *record->snoozed_until};
    } else if (record->held) {
        ended_ = now.boot;
    }
}

void Holds::snooze(TimePoint until, Now now) {
    snooze_ = Snooze{.until = until, .wall = now.wall + (until - now.boot)};
    ended_.reset();
}

bool Holds::resume(TimePoint now) {
    if (!std::exchange(snooze_, std::nullopt)) return false;
    end_if_last(now);
    return true;
}

void Holds::hold(std::uint64_t id, std::string reason, TimePoint now) {
    clients_.push_back({.id = id, .reason = std::move(reason), .since = now});
    ended_.reset();
}

bool Holds::release(std::uint64_t id, TimePoint now) {
    if (std::erase_if(clients_, [id](const auto& client) { return client.id == id; }) == 0) return false;
    end_if_last(now);
    return true;
}

bool Holds::leave() {
    ended_.reset();
    return std::exchange(snooze_, std::nullopt).has_value();
}

void Holds::advance(TimePoint now) {
    if (snooze_ && now >= snooze_->until) resume(now);
    if (ended_ && now >= *ended_ + warning_) ended_.reset();
}

void Holds::end_if_last(TimePoint now) {
    if (!is_held()) ended_ = now;
}

std::optional<TimePoint> Holds::snoozed_until() const {
    return snooze_ ? std::optional(snooze_->until) : std::nullopt;
}

std::optional<TimePoint> Holds::warned_until() const {
    return ended_ ? std::optional(*ended_ + warning_) : std::nullopt;
}

HoldRecord Holds::record() const {
    return {.snoozed_until = snooze_ ? std::optional(snooze_->wall) : std::nullopt,
            .held = !clients_.empty() || ended_.has_value()};
}

std::optional<TimePoint> Holds::next_deadline() const {
    return snooze_ ? snoozed_until() : warned_until();
}

}  // namespace doze::core
