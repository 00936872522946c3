#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <functional>
#include <utility>

namespace doze {

/// Schedules attempts to reconnect to an API that is lost or missing: after 1 s, then with growing pauses, up to 30 s.
/// Loop's thread only.
class Retry {
   public:
    explicit Retry(boost::asio::io_context& io) : timer_(io) {}

    /// Calls `again` once after the next pause; never after cancel() or destruction.
    void later(std::function<void()> again) {
        timer_.expires_after(pause_);
        timer_.async_wait([again = std::move(again)](const boost::system::error_code& error) {
            if (!error) again();
        });
        pause_ = std::min<std::chrono::seconds>(2 * pause_, longest);
    }

    /// Resets the pause to the first one.
    void succeeded() { pause_ = first; }

    void cancel() { timer_.cancel(); }

   private:
    static constexpr std::chrono::seconds first{1};
    static constexpr std::chrono::seconds longest{30};

    boost::asio::steady_timer timer_;
    std::chrono::seconds pause_ = first;
};

}  // namespace doze
