#include "adapters/activity/dbus/mutter_idle.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <utility>

#include "adapters/dbus/bus.hpp"

namespace doze::activity {

namespace {

using core::Duration;
using dbus::Member;

constexpr const char* mutter_service = "org.gnome.Mutter.IdleMonitor";

Member member(const char* name) {
    return {mutter_service, "/org/gnome/Mutter/IdleMonitor/Core", mutter_service, name};
}

/// Without input for this long, a burst of it is over.
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
            look();  // Input may have come before the watch was there.
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

}  // namespace doze::activity
