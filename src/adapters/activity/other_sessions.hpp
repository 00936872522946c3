#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <memory>
#include <unistd.h>

#include "adapters/activity/source.hpp"
#include "adapters/activity/wayland/wayland_connection.hpp"
#include "adapters/activity/x11/x11_environment.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

struct OtherSessionsOptions {
    X11Environment x11;
    WaylandEnvironment wayland;
    dbus::BusEnvironment bus;

    /// Whose sessions to watch.
    uid_t person = ::getuid();
    std::filesystem::path x11_sockets = x11::sockets_folder;

    /// Between two searches for sessions that no event announces.
    core::Duration pause = std::chrono::minutes(1);

    /// As in X11InputOptions.
    bool keyboard_enabled = true;
    bool pointer_enabled = true;
    int movement_threshold = 5;
};

/// Input in the person's other sessions, which this process' environment does not name: further X servers (VNC, xrdp,
/// another seat) and Wayland compositors of theirs. Source "other-sessions", kind input; reports nothing while there
/// are none.
///
/// Signals name the session, such as "other-sessions :1".
///
/// It adds to the source of this session and can't replace it, so its status is `partial`. It `hides` the person while
/// one of their servers can't be watched, or a session known to systemd-logind can't be found.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink. A server that
/// does not respond blocks the loop for half a second.
class OtherSessions final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    OtherSessions(boost::asio::io_context& io, const ports::Clock& clock, OtherSessionsOptions options);

   private:
    class Watcher;
};

}  // namespace doze::activity
