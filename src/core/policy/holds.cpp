#include "core/policy/holds.hpp"

#include <algorithm>
#include <utility>

namespace doze::core {

Holds::Holds(const std::optional<HoldRecord>& record, Now now) {
    if (!record) return;
    if (record->snooze_left) {
        const Duration passed = record->noted_boot ? now.boot - *record->noted_boot : now.wall - record->noted_at;
        const auto left = std::min(*record->snooze_left, longest_snooze) - std::max(passed, Duration::zero());
        // One that ended meanwhile ends now: nobody could be warned before.
        snooze_ = Snooze{.until = now.boot + std::max(left, Duration::zero()), .noted = now};
    } else if (record->held) {
        ended_ = now.boot;
    }
}

void Holds::snooze(TimePoint until, Now now) {
    snooze_ = Snooze{.until = until, .noted = now};
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

void Holds::advance(Now now) {
    if (snooze_ && now.boot >= snooze_->until) resume(now.boot);
    if (snooze_ && now.boot - snooze_->noted.boot >= note_every) snooze_->noted = now;
    if (ended_ && now.boot >= *ended_ + warning_) ended_.reset();
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
    HoldRecord record{.held = !clients_.empty() || ended_.has_value()};
    if (snooze_) {
        record.snooze_left = snooze_->until - snooze_->noted.boot;
        record.noted_at = snooze_->noted.wall;
        record.noted_boot = snooze_->noted.boot;
    }
    return record;
}

std::optional<TimePoint> Holds::next_deadline() const {
    return snooze_ ? snoozed_until() : warned_until();
}

}  // namespace doze::core
