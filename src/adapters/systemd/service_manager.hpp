#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/view.hpp"

namespace doze::daemon {

/// Reports doze's state to systemd by sd_notify(3); does nothing without NOTIFY_SOCKET. The watchdog's keep-alive is
/// sent from the loop, so systemd notices a loop that hangs. Loop's thread only.
class ServiceManager {
   public:
    /// Starts the keep-alive if WATCHDOG_USEC asks for one.
    explicit ServiceManager(boost::asio::io_context& loop);

    /// READY: doze answers commands.
    void tell_ready();

    /// STOPPING: the shutdown has begun.
    void tell_stopping();

    /// Call after each engine step: sends a changed status line (`systemctl status` shows it).
    void update(const core::SystemView& view);

   private:
    void beat();

    boost::asio::steady_timer timer_;
    std::chrono::microseconds beat_{0};  ///< 0: no watchdog.
    std::optional<std::uint64_t> seen_revision_;
    std::optional<core::PresenceState> seen_presence_;
    std::string told_;
};

}  // namespace doze::daemon
