#include "adapters/systemd/service_manager.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>
#include <utility>

namespace doze::daemon {
namespace {

/// The status line: "away, 3 of 5 registered resources asleep, 1 in trouble".
std::string line_on(const core::SystemView& view) {
    int registered = 0, asleep = 0, trouble = 0;
    for (const auto& resource : view.resources()) {
        if (resource.registration()) ++registered;
        if (resource.registration() && resource.asleep_by_doze()) ++asleep;
        if (resource.failure()) ++trouble;
    }
    auto line = fmt::format("{}, {} of {} registered resources asleep", core::to_string(view.presence().state()),
                            asleep, registered);
    if (trouble > 0) line += fmt::format(", {} in trouble", trouble);
    return line;
}

}  // namespace

ServiceManager::ServiceManager(boost::asio::io_context& loop) : timer_(loop) {
    std::uint64_t within = 0;  // µs
    if (::sd_watchdog_enabled(0, &within) <= 0) return;
    beat_ = std::chrono::microseconds(within / 2);
    beat();
}

void ServiceManager::beat() {
    ::sd_notify(0, "WATCHDOG=1");
    timer_.expires_after(beat_);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) beat();
    });
}

void ServiceManager::tell_ready() {
    ::sd_notify(0, "READY=1");
}

void ServiceManager::tell_stopping() {
    ::sd_notify(0, "STOPPING=1");
}

void ServiceManager::update(const core::SystemView& view) {
    const auto presence = view.presence().state();
    const bool is_new = std::exchange(seen_revision_, view.revision()) != view.revision();
    if (std::exchange(seen_presence_, presence) == presence && !is_new) return;
    auto line = line_on(view);
    if (line == told_) return;
    told_ = std::move(line);
    ::sd_notify(0, ("STATUS=" + told_).c_str());
}

}  // namespace doze::daemon
