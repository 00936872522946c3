#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <ctime>
#include <functional>
#include <gmock/gmock.h>
#include <optional>
#include <string>
#include <vector>

#include "core/signal.hpp"
#include "desktop.hpp"
#include "ports/clock.hpp"
#include "ports/signal_source.hpp"

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

/// A private desktop, and a source that listens to it.
template <class Source, class Options>
class Watching : public ::testing::Test {
   protected:
    Watching() { options_.environment.runtime_dir = desktop_.runtime_dir().string(); }

    void watch() {
        source_.emplace(io_, clock_, options_);
        source_->start({.signal = [this](const core::Signal& signal) { signals_.push_back(signal); },
                        .status = [this](const core::SourceStatus& status) { statuses_.push_back(status); },
                        .inhibited = [this](const std::string&, bool inhibited) { inhibited_.push_back(inhibited); }});
    }
    void watch_until_it_runs() {
        watch();
        until_it_is(core::SourceState::running);
    }

    /// Runs the loop until `condition` holds.
    void until(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
        while (!condition()) {
            ASSERT_LT(std::chrono::steady_clock::now(), deadline)
                << "it never happened; the last status: " << (statuses_.empty() ? "none" : statuses_.back().detail);
            io_.restart();
            io_.run_one_for(std::chrono::milliseconds(5));
            meanwhile();
        }
    }
    void until_it_is(core::SourceState state) {
        until([&] { return !statuses_.empty() && statuses_.back().state == state; });
    }
    void until_signals(std::size_t count) {
        until([&] { return signals_.size() >= count; });
    }
    void for_a_while(std::chrono::milliseconds time) {
        until([&, end = std::chrono::steady_clock::now() + time] { return std::chrono::steady_clock::now() >= end; });
    }

    /// What else is to be run.
    virtual void meanwhile() {}

    [[nodiscard]] const std::string& detail() const { return statuses_.back().detail; }

    Desktop desktop_;
    boost::asio::io_context io_{1};
    BootTime clock_;
    Options options_;
    std::optional<Source> source_;
    std::vector<core::Signal> signals_;
    std::vector<core::SourceStatus> statuses_;
    std::vector<bool> inhibited_;
};

inline auto begins() {
    return ::testing::AllOf(::testing::Field(&core::Signal::kind, core::SignalKind::input),
                            ::testing::Field(&core::Signal::ongoing, true));
}
inline auto ends() {
    return ::testing::AllOf(::testing::Field(&core::Signal::kind, core::SignalKind::input),
                            ::testing::Field(&core::Signal::ongoing, false));
}

}  // namespace doze::testing
