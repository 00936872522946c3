#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>

namespace doze::daemon {

/// Tells the two meanings of SIGHUP apart: the terminal in which doze was started is gone; or, if it never had one or
/// still has it, somebody asks it to reread the configuration. (A program that closes its terminal signals doze a
/// moment before the kernel removes the terminal.)
class Hangup {
   public:
    /// Create it at the start, while the terminal exists. `is_ignored`: SIGHUP was ignored at the start, so doze must
    /// outlive the terminal (nohup).
    Hangup(boost::asio::io_context& loop, bool is_ignored);

    /// Calls `then` a moment later with whether the terminal is gone. A new call replaces a pending one.
    void judge(std::function<void(bool terminal_is_gone)> then);

   private:
    boost::asio::steady_timer timer_;
    const bool had_terminal_;
};

}  // namespace doze::daemon
