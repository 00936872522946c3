#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "core/view.hpp"

namespace doze::daemon {

/// Tells systemd how doze is, as sd_notify(3) says; where nobody listens at NOTIFY_SOCKET nothing happens. The
/// watchdog's beat comes from the loop, so that a loop that hangs is noticed. Loop's thread only.
class ServiceManager {
   public:
    /// Begins with the beat, if WATCHDOG_USEC asks for one.
    explicit ServiceManager(boost::asio::io_context& loop);

    /// The start is over: commands are answered.
    void tell_ready();

    /// The end has begun.
    void tell_stopping();

    /// The engine has stepped: what is new in it, in one line (`systemctl status` shows it).
    void update(const core::SystemView& view);

   private:
    void beat();

    boost::asio::steady_timer timer_;
    std::chrono::microseconds beat_{0};  ///< 0: none is asked for.
    std::optional<std::uint64_t> seen_revision_;
    std::optional<core::PresenceState> seen_presence_;
    std::string told_;
};

}  // namespace doze::daemon
