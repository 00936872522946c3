#include "adapters/activity/dbus/dbus_idle.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <ctime>
#include <optional>
#include <utility>

#include "adapters/activity/dbus/person_session.hpp"
#include "adapters/dbus/bus.hpp"

namespace doze::activity {

namespace {

/// Tolerance between two readings of the same moment: the delay on the bus, and rounding to seconds.
constexpr core::Duration tolerance = std::chrono::milliseconds(1500);

}  // namespace

void IdleReadings::learn_unit(const Reading& now) {
    constexpr core::Duration millisecond(1);
    constexpr core::Duration second = std::chrono::seconds(1);
    if (!last_ || unit_ == millisecond) return;
    const std::int64_t grown = static_cast<std::int64_t>(now.value) - last_->value;
    const core::Duration passed = now.at - last_->at;
    if (grown * second > passed + tolerance) {
        unit_ = millisecond;  // No time in seconds grows that fast.
    } else if (grown * second >= passed - tolerance) {
        // By chance, milliseconds may grow as slowly as this if there was input in between.
        if (++like_seconds_ == 3) unit_ = second;
    } else {
        like_seconds_ = 0;
    }
}

std::optional<core::TimePoint> IdleReadings::next(std::uint32_t reading, core::TimePoint at) {
    const Reading now{.value = reading, .at = at};
    learn_unit(now);
    const auto last = std::exchange(last_, now);
    core::TimePoint input;
    if (unit_) {
        input = at - reading * *unit_;
        if (input <= told_ + tolerance) return std::nullopt;
    } else {
        // The reading fell, so there was input since; not earlier than the smaller unit says.
        if (!last || reading >= last->value) return std::nullopt;
        input = std::max(last->at, at - std::chrono::milliseconds(reading));
    }
    told_ = input;
    return input;
}

namespace {

/// How long ago the CLOCK_MONOTONIC time `at` (in microseconds) was.
core::Duration since(std::uint64_t at) {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto passed =
        std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec) - std::chrono::microseconds(at);
    return std::max(core::Duration::zero(), std::chrono::duration_cast<core::Duration>(passed));
}

}  // namespace

class LogindIdle::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment)
        : SingleSource(io, {.name = "logind-idle", .kind = core::ActivityKind::input}),
          clock_(clock),
          environment_(std::move(environment)),
          bus_(io, "system bus", environment_.system_address),
          session_(bus_, environment_) {}

   private:
    void begin() override {
        bus_.start(weak_from_this(),
                   {.connected = [this] { connected(); }, .lost = [this](const Error& why) { lose(why.text()); }});
    }

    void connected() {
        bus_.watch_service(logind, [this](bool is_there) {
            if (!is_there) return lose("systemd-logind does not run on this machine.");
            session_.follow({.told = [this](const auto& facts) { judge(facts); },
                             .failed =
                                 [this](const Error& why) {
                                     lose(why.text());
                                     bus_.restart_later();
                                 }});
        });
    }

    void lose(std::string why) {
        end(clock_.now().boot);
        tell_unavailable(std::move(why));
    }

    void judge(const std::optional<SessionFacts>& facts) {
        bus_.succeeded();
        if (!facts) return lose("You are not logged in to a graphical session.");
        if (!facts->is_idle && facts->idle_since == 0) {
            return lose("This desktop does not tell systemd-logind whether somebody is there (IdleHint).");
        }
        tell_running();
        const auto at = clock_.now().boot - since(facts->idle_since);
        if (facts->is_idle) return end(at);
        if (!std::exchange(is_ongoing_, true)) tell({.kind = core::ActivityKind::input, .at = at, .ongoing = true});
    }

    void end(core::TimePoint at) {
        if (std::exchange(is_ongoing_, false)) tell({.kind = core::ActivityKind::input, .at = at});
    }

    const ports::Clock& clock_;
    const dbus::BusEnvironment environment_;
    dbus::Bus bus_;
    PersonSession session_;
    bool is_ongoing_ = false;
};

LogindIdle::LogindIdle(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(environment))) {}

namespace {

using core::Duration;
using dbus::Member;

constexpr const char* mutter_service = "org.gnome.Mutter.IdleMonitor";

Member member(const char* name) {
    return {mutter_service, "/org/gnome/Mutter/IdleMonitor/Core", mutter_service, name};
}

/// After this long without input, a burst of input is over.
constexpr Duration idle_threshold = std::chrono::seconds(2);

constexpr auto describe_pause = std::chrono::minutes(1);

}  // namespace

class MutterIdle::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment)
        : SingleSource(io, {.name = "mutter-idle", .kind = core::ActivityKind::input}),
          clock_(clock),
          bus_(io, "session bus", environment.session_address),
          look_(io) {}

   private:
    void begin() override {
        bus_.start(weak_from_this(),
                   {.connected = [this] { connected(); }, .lost = [this](const Error& why) { lose(why.text()); }});
    }

    void connected() {
        bus_.on_signal<std::uint32_t>(member("WatchFired"), [this](std::uint32_t watch) { fired(watch); });
        bus_.watch_service(mutter_service, [this](bool is_there) {
            if (is_there) return add_idle_watch();
            lose("GNOME's compositor (Mutter) is not on the session bus. Other desktops have other sources.");
        });
    }

    void lose(std::string why) {
        active_watch_ = idle_watch_ = 0;
        end(clock_.now().boot);
        tell_unavailable(std::move(why));
    }

    void fail(const Error& why) {
        lose(why.text());
        bus_.restart_later();
    }

    void add_idle_watch() {
        bus_.call<std::uint32_t>(
            member("AddIdleWatch"),
            [this](Result<std::uint32_t> watch) {
                if (!watch) return fail(watch.error());
                idle_watch_ = *watch;
                add_active_watch();
            },
            static_cast<std::uint64_t>(idle_threshold.count()));
    }

    void add_active_watch() {
        bus_.call<std::uint32_t>(member("AddUserActiveWatch"), [this](Result<std::uint32_t> watch) {
            if (!watch) return fail(watch.error());
            active_watch_ = *watch;
            look();  // Input may have come before the watch was set.
        });
    }

    void look() {
        bus_.call<std::uint64_t>(member("GetIdletime"), [this](Result<std::uint64_t> idle) {
            if (!idle) return fail(idle.error());
            bus_.succeeded();
            tell_running();
            const auto last = clock_.now().boot - Duration(*idle);
            if (Duration(*idle) < idle_threshold) return go_on(last);
            end(last);
            if (active_watch_ == 0) add_active_watch();
        });
    }

    void fired(std::uint32_t watch) {
        const auto now = clock_.now().boot;
        if (watch == 0) return;
        if (watch == idle_watch_) {
            end(now - idle_threshold);
            if (active_watch_ == 0) add_active_watch();
        } else if (watch == active_watch_) {
            active_watch_ = 0;  // It fires once.
            go_on(now);
        }
    }

    void go_on(core::TimePoint at) {
        look_.expires_after(describe_pause);
        look_.async_wait(guarded([this] { look(); }));
        if (!std::exchange(is_ongoing_, true)) tell({.kind = core::ActivityKind::input, .at = at, .ongoing = true});
    }

    void end(core::TimePoint at) {
        look_.cancel();
        if (std::exchange(is_ongoing_, false)) tell({.kind = core::ActivityKind::input, .at = at});
    }

    const ports::Clock& clock_;
    dbus::Bus bus_;
    boost::asio::steady_timer look_;
    std::uint32_t idle_watch_ = 0;    ///< 0: none. Fires at each idleness.
    std::uint32_t active_watch_ = 0;  ///< 0: none.
    bool is_ongoing_ = false;
};

MutterIdle::MutterIdle(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment)
    : SourceHandle(std::make_shared<Watcher>(io, clock, environment)) {}

namespace {

constexpr const char* screensaver_service = "org.freedesktop.ScreenSaver";

}  // namespace

class ScreenSaverIdle::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, const dbus::BusEnvironment& environment,
            core::Duration pause)
        : SingleSource(io, {.name = "screensaver-idle", .kind = core::ActivityKind::input}),
          clock_(clock),
          pause_(pause),
          bus_(io, "session bus", environment.session_address),
          next_(io) {}

   private:
    void begin() override {
        bus_.start(weak_from_this(),
                   {.connected = [this] { connected(); }, .lost = [this](const Error& why) { lose(why.text()); }});
    }

    void connected() {
        bus_.watch_service(screensaver_service, [this](bool is_there) {
            if (is_there) return ask();
            lose("This desktop has no org.freedesktop.ScreenSaver. Others have other sources.");
        });
    }

    void lose(std::string why) {
        next_.cancel();
        readings_ = {};
        tell_unavailable(std::move(why));
    }

    void ask() {
        bus_.call<std::uint32_t>(
            {screensaver_service, "/org/freedesktop/ScreenSaver", screensaver_service, "GetSessionIdleTime"},
            [this](Result<std::uint32_t> idle) { judge(idle); });
    }

    void judge(const Result<std::uint32_t>& idle) {
        if (!idle) {
            lose(idle.error().text());
            // A desktop that lacks the call won't offer it later, so only other failures are retried.
            if (idle.error().code == ErrorCode::internal) bus_.restart_later();
            return;
        }
        bus_.succeeded();
        tell_running();
        next_.expires_after(pause_);
        next_.async_wait(guarded([this] { ask(); }));
        if (const auto input = readings_.next(*idle, clock_.now().boot)) {
            tell({.kind = core::ActivityKind::input, .at = *input});
        }
    }

    const ports::Clock& clock_;
    const core::Duration pause_;
    dbus::Bus bus_;
    boost::asio::steady_timer next_;
    IdleReadings readings_;
};

ScreenSaverIdle::ScreenSaverIdle(boost::asio::io_context& io, const ports::Clock& clock,
                                 const dbus::BusEnvironment& environment, core::Duration pause)
    : SourceHandle(std::make_shared<Watcher>(io, clock, environment, pause)) {}

}  // namespace doze::activity
