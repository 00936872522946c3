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

/// Input, out of an idle time that is read every few seconds (at least 2). Its unit is found out by looking how fast it
/// grows: the specification of org.freedesktop.ScreenSaver says seconds, KDE answers milliseconds. Pure.
class IdleReadings {
   public:
    /// When there was input, if `reading`, taken at `at`, tells of any that was not told yet.
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
