#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <pulse/stream.h>
#include <string>

#include "base/handle.hpp"
#include "core/model/time.hpp"
#include "core/presence/activity.hpp"

namespace doze::activity::pulse {

/// What one look at the sound server says.
struct SoundLook {
    bool playing = false;  ///< Something plays on an output that is neither muted nor turned down to zero.
    float peak = 0;        ///< Peak of the loudest, 0..1.
};

/// Turns looks into signals, and says when the next look is due. Pure.
class Audibility {
   public:
    /// A sound counts if its peak is above `threshold` (0..1). `interval` is the shortest pause between two looks that
    /// no change asked for, and the silence after which a sound is over.
    Audibility(float threshold, core::Duration interval)
        : threshold_(threshold), interval_(interval), pause_(interval) {}

    struct Verdict {
        std::optional<core::ActivitySignal> signal;
        std::optional<core::Duration> next_describe;  ///< From now; empty: only when something starts to play.
    };
    Verdict judge(SoundLook look, core::TimePoint now);

    /// The server is lost: ends the ongoing signal.
    std::optional<core::ActivitySignal> end();

   private:
    /// While nothing changes, the pauses double up to this many intervals: presence is a matter of minutes, and each
    /// look wakes up doze and the sound server.
    static constexpr int longest_pause = 16;

    core::Duration longer();

    const float threshold_;
    const core::Duration interval_;
    core::Duration pause_;
    bool ongoing_ = false;
    core::TimePoint last_heard_;
    std::optional<core::TimePoint> quiet_since_;  ///< Only while a sound is ongoing.
};

/// One short look at how loud an output is: opens its monitor, reads a few peaks that the server computes (one per
/// fifth of a second, so nothing of what is played can be heard in them) and keeps the highest, then closes the
/// monitor. Destroying it closes the monitor earlier.
class PeakLook {
   public:
    /// `monitor` is the name of an output's monitor source. If the server or its policy substitutes another source
    /// (such as a microphone), it is refused and never read. `done` is called once, from within a callback of libpulse
    /// or this constructor.
    PeakLook(pa_context* context, std::string monitor, std::function<void()> done);
    ~PeakLook();
    PeakLook(const PeakLook&) = delete;
    PeakLook& operator=(const PeakLook&) = delete;

    [[nodiscard]] bool is_done() const { return done_ == nullptr; }

    /// The highest peak so far, 0..1; 0 if nothing could be read.
    [[nodiscard]] float peak() const { return std::min(peak_, 1.0F); }

   private:
    void on_state();
    void on_readable();
    void finish();

    [[nodiscard]] bool is_the_monitor() const;

    const std::string monitor_;
    std::function<void()> done_;
    Handle<pa_stream, pa_stream_unref> stream_;
    float peak_ = 0;
    std::size_t peaks_ = 0;
};

}  // namespace doze::activity::pulse
