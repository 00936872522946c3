#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// Keyboard, pointer and touch activity on GNOME, on Wayland and X11: org.gnome.Mutter.IdleMonitor on the session bus,
/// as source "mutter-idle". A signal begins with the first input and ends 2 s after the last, dated back to it;
/// between, and while idle, nothing is asked. (Exception: input that goes on for a minute is looked at once a minute,
/// because Mutter does not tell of idleness while something inhibits it.)
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class MutterIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    MutterIdle(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment);

   private:
    class Watcher;
};

}  // namespace doze::activity
