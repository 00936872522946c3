#pragma once

#include <functional>
#include <string>

#include "core/model/time.hpp"
#include "core/presence/activity.hpp"

namespace doze::ports {

/// Which activity signals are looked for, and how. The initial values are the defaults of
/// settings.json.
struct SourceSettings {
    bool keyboard = true;
    bool mouse = true;
    bool screen = true;
    bool audio = true;
    bool window = true;
    bool terminals = true;
    bool inhibitors = true;
    bool other_sessions = true;
    int movement_threshold = 5;  ///< Pixels; a shaken desk moves it less.
    core::Duration screen_interval = std::chrono::seconds(5);
    double diff_threshold = 0.05;  ///< Share of the screen, 0 to 1.
    core::Duration audio_interval = std::chrono::seconds(2);
    double volume_threshold = 0.01;  ///< Peak of the sound being played, 0 to 1.
    core::Duration window_interval = std::chrono::seconds(2);

    bool operator==(const SourceSettings&) const = default;
};

/// The callbacks that receive what a source sees. Called on the loop's thread only.
struct ActivitySink {
    std::function<void(const core::ActivitySignal&)> signal;
    std::function<void(const core::SourceStatus&)> status;

    /// The session was locked, the machine is about to suspend, ... Called by sources that watch the session. `source`
    /// is as in SourceStatus::name.
    std::function<void(core::SessionEvent, const std::string& source)> session;

    /// `inhibited` is true while something asks the desktop not to become idle (a presentation, a call, a player).
    /// `source` is as in SourceStatus::name. Called by sources that watch inhibitors.
    std::function<void(const std::string& source, bool inhibited)> inhibited;
};

/// Turns one desktop API into signals. Runs on the loop and never blocks it; reconnects by itself after losing its API.
/// Destroying it stops it.
class ActivitySource {
   public:
    virtual ~ActivitySource() = default;

    /// Starts watching; the first status says whether the source can run. Call once.
    virtual void start(ActivitySink sink) = 0;
};

}  // namespace doze::ports
