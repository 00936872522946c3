#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <gmock/gmock.h>
#include <stdexcept>
#include <string>
#include <vector>

#include "core/presence/activity.hpp"
#include "ports/activity_source.hpp"
#include "ports/clock.hpp"

namespace doze::testing {

/// The loop that a source runs on, and all that it told.
class Listening : public ::testing::Test {
   protected:
    /// Keeps what the source says.
    [[nodiscard]] ports::ActivitySink sink() {
        return {.signal = [this](const core::ActivitySignal& signal) { signals_.push_back(signal); },
                .status = [this](const core::SourceStatus& status) { statuses_.push_back(status); },
                .session = [this](core::SessionEvent event, const std::string&) { events_.push_back(event); },
                .inhibited = [this](const std::string&, bool inhibited) { inhibited_.push_back(inhibited); }};
    }

    /// Runs the loop until `condition` holds. Throws after three minutes.
    void until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(3);
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) {
                throw std::runtime_error("it never happened; the last status: " +
                                         (statuses_.empty() ? "none" : statuses_.back().detail));
            }
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds(5));
            between();
        }
    }
    void until_state(core::SourceState state) {
        until([&] { return !statuses_.empty() && statuses_.back().state == state; });
    }
    void until_signals(std::size_t count) {
        until([&] { return signals_.size() >= count; });
    }

    /// Runs the loop for this long.
    void pass(core::Duration time) {
        until([this, end = clock_.now().boot + time] { return clock_.now().boot >= end; });
    }

    /// What else is to be run while the loop does.
    virtual void between() {}

    boost::asio::io_context io_{1};
    ports::SystemClock clock_;
    std::vector<core::ActivitySignal> signals_;
    std::vector<core::SourceStatus> statuses_;
    std::vector<core::SessionEvent> events_;
    std::vector<bool> inhibited_;
};

}  // namespace doze::testing
