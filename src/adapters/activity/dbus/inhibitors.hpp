#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"

namespace doze::activity {

/// Whether something asks the desktop not to become idle (a presentation, a call, a player); source "inhibitors": idle
/// in BlockInhibited of systemd-logind; org.gnome.SessionManager; KDE's PolicyAgent, else
/// org.freedesktop.PowerManagement.Inhibit. Runs if at least one of them answers. Never asks who inhibits, or why. A
/// delay inhibitor, such as LogindSession's, does not count.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class Inhibitors final : public SourceHandle {
   public:
    Inhibitors(boost::asio::io_context& io, const dbus::BusEnvironment& environment);

   private:
    class Watcher;
};

}  // namespace doze::activity
