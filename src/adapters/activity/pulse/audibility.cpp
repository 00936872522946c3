#include "adapters/activity/pulse/audibility.hpp"

#include <algorithm>
#include <utility>

namespace doze::activity::pulse {

using core::ActivityKind;
using core::ActivitySignal;

Audibility::Verdict Audibility::judge(SoundLook look, core::TimePoint now) {
    if (look.playing && look.peak > threshold_) {
        last_heard_ = now;
        const bool was_quiet = std::exchange(quiet_since_, std::nullopt).has_value();
        if (std::exchange(ongoing_, true)) {
            if (was_quiet) pause_ = interval_;
            return {.signal = std::nullopt, .next_describe = longer()};
        }
        pause_ = interval_;
        return {.signal = ActivitySignal{.kind = ActivityKind::audio, .at = now, .ongoing = true},
                .next_describe = longer()};
    }
    if (ongoing_) {
        if (!quiet_since_) quiet_since_ = now;
        pause_ = interval_;
        if (now - *quiet_since_ < interval_)
            return {.signal = std::nullopt, .next_describe = *quiet_since_ + interval_ - now};
        return {.signal = end(), .next_describe = look.playing ? std::optional(longer()) : std::nullopt};
    }
    if (look.playing) return {.signal = std::nullopt, .next_describe = longer()};
    pause_ = interval_;
    return {};
}

std::optional<ActivitySignal> Audibility::end() {
    pause_ = interval_;
    quiet_since_.reset();
    if (!std::exchange(ongoing_, false)) return std::nullopt;
    return ActivitySignal{.kind = ActivityKind::audio, .at = last_heard_, .ongoing = false};
}

core::Duration Audibility::longer() {
    return std::exchange(pause_, std::min(2 * pause_, longest_pause * interval_));
}

}  // namespace doze::activity::pulse
