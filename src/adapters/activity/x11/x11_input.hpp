#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/activity/x11/x11_environment.hpp"
#include "base/result.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// XScreenSaver on an X11 display, which tells what it does by a property of the root window (_SCREENSAVER_STATUS) and
/// nowhere else: `covered` while it blanks or draws, `locked` while it wants the password. Source "x11-saver", kind
/// session; without XScreenSaver it runs and says nothing.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class X11Saver final : public SourceHandle {
   public:
    X11Saver(boost::asio::io_context& io, X11Environment environment);

   private:
    class Watcher;
};

struct X11InputOptions {
    X11Environment environment;
    bool keyboard_enabled = true;
    bool pointer_enabled = true;

    /// Pixels. Pointer movement below it is no signal; a click or a scroll always is.
    int movement_threshold = 5;

    /// Without input for this long, a burst of it is over. More than 1 ms, and well below the 30 s at which
    /// video players tell the server that somebody is there.
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// Hears why there is no connection, at each try. It may be X11Input::is_xwayland().
    std::function<void(const Error&)> failed = {};
};

/// Keyboard and pointer activity on an X11 display, by alarms on the idle counter of each device (XSync).
/// It hears of beginnings and ends only and never of a key. Needs no polling: while nothing begins or ends
/// it does not wake up. (Exception: a burst that is undecided, see Bursts, is looked at twice a second.)
///
/// Reports two sources, "x11-keyboard" and "x11-pointer"; on a display that has one idle time for everything one,
/// "x11-input". A display that is lost or not there yet is tried
/// again after 1 s, then with growing pauses, up to 30 s.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
/// Connecting waits for the server: briefly for a local one, for as long as TCP does for a display elsewhere.
class X11Input final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    X11Input(boost::asio::io_context& io, const ports::Clock& clock, X11InputOptions options);

    /// The display is part of a Wayland session, and no place of its own.
    [[nodiscard]] static bool is_xwayland(const Error& why);

   private:
    class Watcher;
};

}  // namespace doze::activity
