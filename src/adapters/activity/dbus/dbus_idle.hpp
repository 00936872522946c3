#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// Derives input from an idle time that is read every few seconds (at least 2 s apart). Finds the unit by how fast the
/// number grows: the specification of org.freedesktop.ScreenSaver says seconds, KDE answers milliseconds. Pure.
class IdleReadings {
   public:
    /// The time of the newest input, if `reading`, taken at `at`, shows any that was not reported yet.
    [[nodiscard]] std::optional<core::TimePoint> next(std::uint32_t reading, core::TimePoint at);

   private:
    struct Reading {
        std::uint32_t value;
        core::TimePoint at;
    };

    void learn_unit(const Reading& now);

    std::optional<core::Duration> unit_;
    int like_seconds_ = 0;  ///< So many times in a row it grew by the seconds that passed.
    std::optional<Reading> last_;
    core::TimePoint told_;
};

/// Whether the person is active according to the desktop, which tells systemd-logind (IdleHint of the session); source
/// "logind-idle". Coarse: a desktop sets the hint minutes after the last input, and only then does the signal end. So
/// it is the last choice. Few desktops set the hint (GNOME does); it is ignored until it was set once.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class LogindIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    LogindIdle(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment);

   private:
    class Watcher;
};

/// Keyboard, pointer and touch activity on GNOME, on Wayland and X11, by org.gnome.Mutter.IdleMonitor on the session
/// bus; source "mutter-idle". A signal begins with the first input and ends 2 s after the last, dated back to it; in
/// between, and while idle, nothing is polled. (Exception: input that lasts a minute is checked once a minute, because
/// Mutter does not report idleness while something inhibits it.)
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class MutterIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    MutterIdle(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment);

   private:
    class Watcher;
};

/// Input on desktops whose org.freedesktop.ScreenSaver answers GetSessionIdleTime (KDE on X11); source
/// "screensaver-idle". Polls every `pause`; each input newer than the last makes a signal, dated to the input. KDE on
/// Wayland refuses the call.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class ScreenSaverIdle final : public SourceHandle {
   public:
    /// `clock` must outlive the source. `pause`: at least 2 s, which finding the unit of the answers needs.
    ScreenSaverIdle(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment,
                    core::Duration pause = std::chrono::seconds(10));

   private:
    class Watcher;
};

}  // namespace doze::activity
