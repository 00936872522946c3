#pragma once

#include <boost/asio/io_context.hpp>
#include <ctime>
#include <functional>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "ports/clock.hpp"
#include "ports/signal_source.hpp"
#include "signals/x11/environment.hpp"
#include "xvfb.hpp"

namespace doze::testing {

class BootTime final : public ports::Clock {
   public:
    [[nodiscard]] core::Now now() const override {
        timespec time{};
        clock_gettime(CLOCK_BOOTTIME, &time);
        return {.boot = core::TimePoint(std::chrono::seconds(time.tv_sec) +
                                        std::chrono::milliseconds(time.tv_nsec / 1'000'000)),
                .wall = {}};
    }
};

/// A source of signals on a private X server, and the loop that it runs on.
class OnXvfb : public ::testing::Test {
   protected:
    void serve(const std::string& display = "", const std::vector<std::string>& options = {}) {
        server_.emplace(display, options);
        environment_.display = server_->display();
    }

    /// Keeps what the source says.
    [[nodiscard]] ports::SignalSink sink() {
        return {.signal = [this](const core::Signal& signal) { signals_.push_back(signal); },
                .status = [this](const core::SourceStatus& status) { statuses_.push_back(status); }};
    }

    /// Runs the loop until `condition` holds.
    void until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "it never happened";
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds(10));
        }
    }
    void until_signals(std::size_t count) {
        until([&] { return signals_.size() >= count; });
    }
    void until_state(core::SourceState state) {
        until([&] { return !statuses_.empty() && statuses_.back().state == state; });
    }

    /// Runs the loop for this long.
    void pass(core::Duration time) {
        until([this, end = clock_.now().boot + time] { return clock_.now().boot >= end; });
    }

    boost::asio::io_context io_{1};
    BootTime clock_;
    signals::X11Environment environment_;
    std::optional<Xvfb> server_;
    std::vector<core::Signal> signals_;
    std::vector<core::SourceStatus> statuses_;
};

}  // namespace doze::testing
