#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <span>
#include <vector>

#include "adapters/activity/sources.hpp"
#include "app/offline/doctor/finding.hpp"
#include "base/async_event.hpp"
#include "base/paths.hpp"
#include "core/presence/activity_signal.hpp"
#include "ports/activity_source.hpp"
#include "ports/clock.hpp"

/// Whether doze can see its person.
namespace doze::doctor {

/// Starts the sources for a moment, where no daemon runs that could be asked. Destroy it before the loop.
class SourceTrial {
   public:
    /// `clock` must outlive it.
    SourceTrial(boost::asio::io_context& loop, const ports::Clock& clock, const ports::SourceSettings& settings);

    /// Ends when each source has said whether it can run.
    boost::asio::awaitable<void> run();

    /// What they have said so far.
    [[nodiscard]] const std::vector<core::SourceStatus>& statuses() const { return statuses_; }

   private:
    void take(const core::SourceStatus& status);

    AsyncEvent all_said_;
    std::vector<core::SourceStatus> statuses_;
    activity::Sources sources_;
};

[[nodiscard]] Finding judge_desktop(const Environment& environment);

/// A line for each, and one if none of them sees a person.
[[nodiscard]] Findings judge_sources(std::span<const core::SourceStatus> sources);

}  // namespace doze::doctor
