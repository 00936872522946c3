#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <utility>

namespace doze::doctor {

/// Runs questions side by side until all are answered or the time is over. What is not answered by then is given up:
/// it must refer only to what outlives the loop's handlers, and never runs on.
class Gathering {
   public:
    /// `progress` is called about once a second.
    Gathering(boost::asio::io_context& loop, std::function<void()> progress)
        : loop_(loop), progress_(std::move(progress)) {}

    void ask(boost::asio::awaitable<void> question) {
        ++open_;
        boost::asio::co_spawn(loop_, std::move(question), [this](std::exception_ptr bug) {
            --open_;
            if (bug) std::rethrow_exception(bug);
        });
    }

    void run_for(std::chrono::milliseconds time) {
        using std::chrono::steady_clock;
        const auto end = steady_clock::now() + time;
        loop_.restart();
        while (open_ > 0 && steady_clock::now() < end) {
            const auto next = std::min(end, steady_clock::now() + std::chrono::seconds(1));
            while (open_ > 0 && steady_clock::now() < next) loop_.run_one_until(next);
            if (open_ > 0) progress_();
        }
    }

   private:
    boost::asio::io_context& loop_;
    std::function<void()> progress_;
    std::size_t open_ = 0;
};

}  // namespace doze::doctor
