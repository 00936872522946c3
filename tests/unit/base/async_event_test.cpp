#include "base/async_event.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

namespace doze::async_event_test {
namespace {

namespace asio = boost::asio;

class AsyncEventTest : public ::testing::Test {
   protected:
    void wait() {
        const auto waiting = [this]() -> asio::awaitable<void> {
            co_await event_.wait();
            ++ended_;
        };
        asio::co_spawn(loop_, waiting, asio::detached);
    }

    asio::io_context loop_;
    AsyncEvent event_{loop_.get_executor()};
    int ended_ = 0;
};

TEST_F(AsyncEventTest, AllWhoWaitGoOnOnceItHasHappened) {
    wait();
    wait();
    loop_.poll();
    EXPECT_EQ(ended_, 0);
    EXPECT_FALSE(event_.is_set());

    event_.set();
    EXPECT_TRUE(event_.is_set());
    loop_.run();
    EXPECT_EQ(ended_, 2);
}

TEST_F(AsyncEventTest, AWaitThatBeginsLaterEndsAtOnce) {
    event_.set();
    event_.set();
    wait();
    loop_.run();
    EXPECT_EQ(ended_, 1);
}

}  // namespace
}  // namespace doze::async_event_test
