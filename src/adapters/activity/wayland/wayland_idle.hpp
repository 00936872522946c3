#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/activity/wayland/wayland_connection.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct WaylandIdleOptions {
    WaylandEnvironment environment;
    bool enabled = true;

    /// Without input for this long, a burst of it is over.
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// Between two looks whether something inhibits the desktop's idleness.
    core::Duration inhibitor_pause = std::chrono::minutes(1);
};

/// Keyboard, pointer and touch activity on a Wayland desktop, which does not tell them apart: the source
/// "wayland-idle", kind input. It hears of beginnings and ends only, of all seats together, and binds no keyboard or
/// pointer, so that no key ever reaches this process.
///
/// Uses the compositor's ext_idle_notifier_v1, else org_kde_kwin_idle; where it has neither (GNOME, weston), the source
/// is unavailable and says so.
///
/// Something that asks the desktop not to become idle (a film, a presentation, a call) is told as `inhibited`. With
/// version 2 of ext_idle_notifier_v1, input is seen all the same. Older interfaces tell nothing of input while they are
/// inhibited, in neither direction, and don't say so; so doze finds out by a probe (see Idleness), at the beginning,
/// once a minute, and where a compositor takes an inhibitor for input also before it believes in input. As long as
/// it lasts, the source is `partial`: what was ongoing has ended, so that nobody counts as present for ever, and its
/// silence does not mean that nobody is there, so that nobody is put away wrongly. Whoever comes back meanwhile is
/// seen when it ends, or by another source (unlocking, `doze wake`).
///
/// Looks for the compositor at WAYLAND_DISPLAY, then at every `wayland-*` of XDG_RUNTIME_DIR; one that is lost, hangs
/// or is not there yet is looked for again after 1 s, then with growing pauses, up to 30 s.
///
/// Runs on the loop of `io`, never blocks it, and must be destroyed on its thread, at any time, even from within the
/// sink.
class WaylandIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    WaylandIdle(boost::asio::io_context& io, const ports::Clock& clock, WaylandIdleOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
