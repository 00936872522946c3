#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// Whether the person is at their desktop as the desktop tells systemd-logind (IdleHint of the session), as source
/// "logind-idle". Coarse: a desktop calls the session idle minutes after the last input, and the signal ends only then.
/// So it is for where nothing better is. Few desktops tell it (GNOME does); of one that never did, nothing is believed.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class LogindIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    LogindIdle(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment);

   private:
    class Watcher;
};

}  // namespace doze::activity
