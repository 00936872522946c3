#include "adapters/activity/dbus/idle_readings.hpp"

#include <algorithm>
#include <utility>

namespace doze::activity {

namespace {

/// Two readings of the same moment may differ by as much: the way over the bus, and the rounding to seconds.
constexpr core::Duration tolerance = std::chrono::milliseconds(1500);

}  // namespace

void IdleReadings::learn_unit(const Reading& now) {
    constexpr core::Duration millisecond(1);
    constexpr core::Duration second = std::chrono::seconds(1);
    if (!last_ || unit_ == millisecond) return;
    const std::int64_t grown = static_cast<std::int64_t>(now.value) - last_->value;
    const core::Duration passed = now.at - last_->at;
    if (grown * second > passed + tolerance) {
        unit_ = millisecond;  // No time runs that fast.
    } else if (grown * second >= passed - tolerance) {
        // Milliseconds may grow by as little, by chance, if there was input in between.
        if (++like_seconds_ == 3) unit_ = second;
    } else {
        like_seconds_ = 0;
    }
}

std::optional<core::TimePoint> IdleReadings::next(std::uint32_t reading, core::TimePoint at) {
    const Reading now{.value = reading, .at = at};
    learn_unit(now);
    const auto last = std::exchange(last_, now);
    core::TimePoint input;
    if (unit_) {
        input = at - reading * *unit_;
        if (input <= told_ + tolerance) return std::nullopt;
    } else {
        // It fell, so there was input since; not earlier than the smaller unit says.
        if (!last || reading >= last->value) return std::nullopt;
        input = std::max(last->at, at - std::chrono::milliseconds(reading));
    }
    told_ = input;
    return input;
}

}  // namespace doze::activity
