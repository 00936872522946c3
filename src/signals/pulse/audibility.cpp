#include "signals/pulse/audibility.hpp"

#include <algorithm>
#include <utility>

namespace doze::signals::pulse {

using core::Signal;
using core::SignalKind;

Audibility::Verdict Audibility::judge(SoundLook look, core::TimePoint now) {
    if (look.playing && look.peak > threshold_) {
        last_heard_ = now;
        const bool was_quiet = std::exchange(quiet_since_, std::nullopt).has_value();
        if (std::exchange(ongoing_, true)) {
            if (was_quiet) pause_ = interval_;
            return {.signal = std::nullopt, .next_look = longer()};
        }
        pause_ = interval_;
        return {.signal = Signal{.kind = SignalKind::audio, .at = now, .ongoing = true}, .next_look = longer()};
    }
    if (ongoing_) {
        if (!quiet_since_) quiet_since_ = now;
        pause_ = interval_;
        if (now - *quiet_since_ < interval_)
            return {.signal = std::nullopt, .next_look = *quiet_since_ + interval_ - now};
        return {.signal = end(), .next_look = look.playing ? std::optional(longer()) : std::nullopt};
    }
    if (look.playing) return {.signal = std::nullopt, .next_look = longer()};
    pause_ = interval_;
    return {};
}

std::optional<Signal> Audibility::end() {
    pause_ = interval_;
    quiet_since_.reset();
    if (!std::exchange(ongoing_, false)) return std::nullopt;
    return Signal{.kind = SignalKind::audio, .at = last_heard_, .ongoing = false};
}

core::Duration Audibility::longer() {
    return std::exchange(pause_, std::min(2 * pause_, longest_pause * interval_));
}

}  // namespace doze::signals::pulse
