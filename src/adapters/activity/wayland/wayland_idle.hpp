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

    /// After this long without input, a burst of input is over.
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// Between two checks whether something inhibits the desktop's idleness.
    core::Duration inhibitor_pause = std::chrono::minutes(1);
};

/// Keyboard, pointer and touch activity on a Wayland desktop, which does not tell them apart; source "wayland-idle",
/// kind input. It receives only the start and end of activity, of all seats together, and binds no keyboard or pointer,
/// so no key event ever reaches this process.
///
/// Uses the compositor's ext_idle_notifier_v1, else org_kde_kwin_idle; with neither (GNOME, weston) the source is
/// unavailable and says so.
///
/// An inhibitor of idleness (a film, a presentation, a call) is reported as `inhibited`. With version 2 of
/// ext_idle_notifier_v1, input is seen nevertheless. Older interfaces report neither input nor idleness while
/// inhibited, and don't say that they are. So doze checks with a probe (see Idleness): at the start, once a minute,
/// and, where a compositor takes an inhibitor for input, before it believes in input. While inhibited the source is
/// `partial`: the ongoing signal has ended, so nobody counts as present for ever, and its silence does not mean that
/// nobody is there, so nothing is put to sleep wrongly. A person who returns meanwhile is seen once the inhibitor ends,
/// or by another source (unlocking, `doze back`).
///
/// Looks for the compositor at WAYLAND_DISPLAY, then at every `wayland-*` of XDG_RUNTIME_DIR. If it is lost, hangs or
/// is missing, doze looks again after 1 s, then with growing pauses, up to 30 s.
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
