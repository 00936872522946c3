#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/activity/wayland/wayland_connection.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct WaylandWindowOptions {
    WaylandEnvironment environment;
    bool enabled = true;

    /// At most one signal in this time.
    core::Duration pause = std::chrono::milliseconds(500);
};

/// That another window became the active one on a Wayland desktop: the source "wayland-window". sway tells it over its
/// own socket, KWin by org_kde_plasma_window_management; others don't, and the source says so. Both tell of titles as
/// well, unasked; doze takes the window's number and wipes the rest.
///
/// KWin tells only programs that a .desktop file names (X-KDE-Wayland-Interfaces), and finds out by /proc which program
/// it deals with, so that it never tells a process whose memory is private (keep_memory_private() in base/secret.hpp).
/// Where WAYLAND_DEBUG is set, libwayland would write the titles to stderr, so that doze does not ask KWin at all.
///
/// A desktop that is lost or not there yet is looked for again after 1 s, then with growing pauses, up to 30 s.
///
/// Runs on the loop of `io`, never blocks it, and must be destroyed on its thread, at any time, even from within the
/// sink.
class WaylandWindow final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    WaylandWindow(boost::asio::io_context& io, const ports::Clock& clock, WaylandWindowOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
