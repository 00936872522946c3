#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/activity/x11/x11_environment.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct X11WindowOptions {
    X11Environment environment;
    bool enabled = true;

    /// At most one signal in this time. More than 0.
    core::Duration pause = std::chrono::milliseconds(500);
};

/// Changes of the active window on an X11 display, as the window manager publishes it (_NET_ACTIVE_WINDOW of the
/// Extended Window Manager Hints). doze compares the window's number with the last one; it reads nothing of the window
/// itself. Having no active window (between two, on an empty desktop) is no change.
///
/// Reports one source, "x11-window". Without a window manager that supports the hints the source is unavailable; it
/// notices when one starts. Reconnects to a lost or missing display after 1 s, then with growing pauses, up to 30
/// s.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink. Connecting
/// waits for the server: briefly for a local one, for as long as TCP does for a remote display.
class X11Window final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    X11Window(boost::asio::io_context& io, const ports::Clock& clock, X11WindowOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
