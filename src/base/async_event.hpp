#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace doze {

/// A one-shot event that coroutines can wait for. Loop's thread only.
class AsyncEvent {
   public:
    explicit AsyncEvent(const boost::asio::any_io_executor& executor)
        : timer_(executor, boost::asio::steady_timer::time_point::max()) {}

    /// Sets the event: every pending and every later wait() completes.
    void set() {
        is_set_ = true;
        timer_.expires_at(boost::asio::steady_timer::time_point::min());
    }

    [[nodiscard]] bool is_set() const { return is_set_; }

    /// Completes once it has happened, or when the waiting coroutine is cancelled. Must not outlive the event.
    [[nodiscard]] boost::asio::awaitable<void> wait() {
        // A timer with no expiry is the simplest event that Asio offers: cancelling it wakes every waiter.
        if (!is_set_) co_await timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    }

   private:
    boost::asio::steady_timer timer_;
    bool is_set_ = false;
};

}  // namespace doze
