#include "adapters/activity/dbus/screensaver_idle.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <utility>

#include "adapters/activity/dbus/idle_readings.hpp"
#include "adapters/dbus/bus.hpp"

namespace doze::activity {

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
            // What it does not offer, it will not offer later.
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
