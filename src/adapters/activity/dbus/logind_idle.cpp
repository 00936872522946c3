#include "adapters/activity/dbus/logind_idle.hpp"

#include <algorithm>
#include <ctime>
#include <optional>
#include <utility>

#include "adapters/activity/dbus/person_session.hpp"
#include "adapters/dbus/bus.hpp"

namespace doze::activity {

namespace {

/// How long ago `at` of CLOCK_MONOTONIC was.
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

}  // namespace doze::activity
