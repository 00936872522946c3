#pragma once

#include <functional>
#include <string>

#include "core/model/time.hpp"
#include "core/presence/activity.hpp"

namespace doze::ports {

/// Which signs of life are looked for, and how. What the members begin with is what counts where settings.json
/// says nothing.
struct SourceSettings {
    bool keyboard = true;
    bool mouse = true;
    bool screen = true;
    bool audio = true;
    bool window = true;
    bool terminals = true;
    bool inhibitors = true;
    bool other_sessions = true;
    int movement_threshold = 5;  ///< Pixels; less is a shaken desk.
    core::Duration screen_interval = std::chrono::seconds(5);
    double diff_threshold = 0.05;  ///< Share of the screen, 0 to 1.
    core::Duration audio_interval = std::chrono::seconds(2);
    double volume_threshold = 0.01;  ///< Peak of what is played, 0 to 1.
    core::Duration window_interval = std::chrono::seconds(2);

    bool operator==(const SourceSettings&) const = default;
};

/// Where signals go. Called on the loop's thread only.
struct ActivitySink {
    std::function<void(const core::ActivitySignal&)> signal;
    std::function<void(const core::SourceStatus&)> status;

    /// The session was locked, the machine is about to suspend, ... Told by sources that watch the session. `source` as
    /// in SourceStatus::name.
    std::function<void(core::SessionEvent, const std::string& source)> session;

    /// Something asks the desktop not to become idle (a presentation, a call, a player), or no longer. `source`
    /// as in SourceStatus::name; told by sources that watch inhibitors.
    std::function<void(const std::string& source, bool inhibited)> inhibited;
};

/// Turns one desktop API into signals. Runs on the loop, never blocks it, and looks for its API again by
/// itself after losing it. Destroying it stops it.
class ActivitySource {
   public:
    virtual ~ActivitySource() = default;

    /// Begins to look; the first status says whether it can. Call once.
    virtual void start(ActivitySink sink) = 0;
};

}  // namespace doze::ports
