#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/activity/x11/x11_environment.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct X11ScreenOptions {
    X11Environment environment;
    bool enabled = true;

    /// Repaints are collected for this long, then checked for change. More than 0.
    core::Duration interval = std::chrono::seconds(5);

    /// The share of the screen that must change within an interval to be a signal, 0 to 1.
    double diff_threshold = 0.05;
};

/// Changes on the screen of an X11 display. The server reports a repaint once (XDamage), and nothing more until
/// doze has asked for the area, an interval later. So a still screen costs nothing. doze looks at pixels only if at
/// least `diff_threshold` of the screen was repainted: one band of the screen at a time, in memory shared with the
/// server, compared and wiped (see Tiles, Picture). While the screen keeps changing there is one signal per
/// interval.
///
/// If no memory can be shared (an older or a remote server), every repaint counts as a change; the status says
/// so.
///
/// Reports one source, "x11-screen". Reconnects to a lost or missing display after 1 s, then with growing pauses, up to
/// 30 s. A screen whose size changes starts anew; that is no signal, since monitors that switch themselves off cause
/// it.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink. Connecting
/// waits for the server: briefly for a local one, for as long as TCP does for a remote display.
class X11Screen final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    X11Screen(boost::asio::io_context& io, const ports::Clock& clock, X11ScreenOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
