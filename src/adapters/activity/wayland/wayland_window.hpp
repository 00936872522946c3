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

/// Changes of the active window on a Wayland desktop; source "wayland-window". sway reports them over its own socket,
/// KWin by org_kde_plasma_window_management; other desktops don't, and the status says so. Both send titles as well,
/// unasked; doze reads the window's number and wipes the rest.
///
/// KWin only serves programs that a .desktop file names (X-KDE-Wayland-Interfaces). It identifies them through /proc,
/// so it never serves a process whose memory is private (keep_memory_private() in base/secret.hpp). If WAYLAND_DEBUG is
/// set, libwayland would write the titles to stderr, so doze does not use KWin at all.
///
/// If the desktop is lost or missing, doze looks again after 1 s, then with growing pauses, up to 30 s.
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
