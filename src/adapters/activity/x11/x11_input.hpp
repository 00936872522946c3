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

/// XScreenSaver on an X11 display, which publishes its state only in a property of the root window
/// (_SCREENSAVER_STATUS): `covered` while it blanks or draws, `locked` while it asks for the password. Source
/// "x11-saver", kind session; without XScreenSaver it runs and reports nothing.
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

    /// Pixels. A smaller pointer movement is no signal; a click or a scroll always is.
    int movement_threshold = 5;

    /// After this long without input, a burst of input is over. More than 1 ms, and well below the 30 s at which video
    /// players simulate input.
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// Called with the reason each time that connecting fails. The reason may be X11Input::is_xwayland().
    std::function<void(const Error&)> failed = {};
};

/// Keyboard and pointer activity on an X11 display, by alarms on the idle counter of each device (XSync). Receives only
/// the start and end of activity, and never a key. Does not poll: it wakes up only at such changes. (Exception: an
/// undecided burst, see Bursts, is checked twice a second.)
///
/// Reports two sources, "x11-keyboard" and "x11-pointer", or one, "x11-input", on a display with a
/// single idle time. Reconnects to a lost or missing display after 1 s, then with growing pauses, up to
/// 30 s.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink. Connecting
/// waits for the server: briefly for a local one, for as long as TCP does for a remote display.
class X11Input final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    X11Input(boost::asio::io_context& io, const ports::Clock& clock, X11InputOptions options);

    /// Whether the display is part of a Wayland session, and so not a session of its own.
    [[nodiscard]] static bool is_xwayland(const Error& why);

   private:
    class Watcher;
};

}  // namespace doze::activity
