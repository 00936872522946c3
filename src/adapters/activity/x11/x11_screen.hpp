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

    /// Collects what is repainted for this long, then looks whether it changed. More than 0.
    core::Duration interval = std::chrono::seconds(5);

    /// The share of the screen that must have changed within an interval to be a signal, 0 to 1.
    double diff_threshold = 0.05;
};

/// Change on the screen of an X11 display. The server tells (XDamage) that something was repainted: once, and nothing
/// more until doze has asked where, an interval later. So a still screen costs nothing. Only if at least
/// `diff_threshold` of the screen was repainted does doze look at pixels: at a band of the screen at a time, in memory
/// that is shared with the server, compared and wiped (see Tiles, Picture). While the screen goes on changing there is
/// one signal per interval.
///
/// Where no memory can be shared (an older server, one elsewhere), what is repainted counts as changed; the status says
/// so.
///
/// Reports one source, "x11-screen". A display that is lost or not there yet is tried again after 1 s, then with
/// growing pauses, up to 30 s. A screen whose size changes is looked at anew; that is no signal, since monitors that
/// switch themselves off do it.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
/// Connecting waits for the server: briefly for a local one, for as long as TCP does for a display elsewhere.
class X11Screen final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    X11Screen(boost::asio::io_context& io, const ports::Clock& clock, X11ScreenOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
