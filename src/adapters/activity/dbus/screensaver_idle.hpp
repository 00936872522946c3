#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// Input on desktops whose org.freedesktop.ScreenSaver answers GetSessionIdleTime (KDE on X11), as source
/// "screensaver-idle". It can only be asked, which is done every `pause`; each answer that is newer than the last makes
/// a signal, dated to the input. KDE on Wayland refuses the question.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class ScreenSaverIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source. `pause`: not shorter than 2 s, which the unit of the answers is told by.
    ScreenSaverIdle(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment,
                    core::Duration pause = std::chrono::seconds(10));

   private:
    class Watcher;
};

}  // namespace doze::activity
