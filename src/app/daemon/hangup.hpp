#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace doze::daemon {

/// What SIGHUP means: that the terminal which doze was started in is gone, or, where it never had one or still has it,
/// that somebody asks for the configuration to be read again. (The program that closes the terminal tells doze a moment
/// before the kernel takes it away.)
class Hangup {
   public:
    /// To be made at the start, while the terminal is there.
    /// `is_ignored`: whoever started doze wants it to outlive the terminal (nohup).
    Hangup(boost::asio::io_context& loop, bool is_ignored);

    /// Calls `then` in a moment with whether the terminal is gone. One at a time: a newer one replaces it.
    void judge(std::function<void(bool terminal_is_gone)> then);

   private:
    boost::asio::steady_timer timer_;
    const bool had_terminal_;
};

}  // namespace doze::daemon
