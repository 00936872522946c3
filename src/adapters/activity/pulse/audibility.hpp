#pragma once

#include <optional>

#include "core/model/time.hpp"
#include "core/presence/activity_signal.hpp"

namespace doze::activity::pulse {

/// What one look at the sound server says.
struct SoundLook {
    bool playing = false;  ///< Something plays on an output that is neither muted nor turned down to zero.
    float peak = 0;        ///< The loudest of it, 0..1.
};

/// Makes signals of looks, and says when the next look is worth it. Pure.
class Audibility {
   public:
    /// A sound counts when its peak is above `threshold` (0..1). `interval` is the shortest pause between two looks
    /// that nothing called for, and how long it must be quiet before the sound is over.
    Audibility(float threshold, core::Duration interval)
        : threshold_(threshold), interval_(interval), pause_(interval) {}

    struct Verdict {
        std::optional<core::ActivitySignal> signal;
        std::optional<core::Duration> next_describe;  ///< From now; none: only when something begins to play.
    };
    Verdict judge(SoundLook look, core::TimePoint now);

    /// The server is lost: ends what is ongoing.
    std::optional<core::ActivitySignal> end();

   private:
    /// While nothing changes the pauses double up to this many intervals: presence is a matter of minutes, and a
    /// look costs wake-ups here and in the sound server.
    static constexpr int longest_pause = 16;

    core::Duration longer();

    const float threshold_;
    const core::Duration interval_;
    core::Duration pause_;
    bool ongoing_ = false;
    core::TimePoint last_heard_;
    std::optional<core::TimePoint> quiet_since_;  ///< While ongoing.
};

}  // namespace doze::activity::pulse
