#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "adapters/activity/sources.hpp"
#include "app/offline/doctor/finding.hpp"
#include "base/async_event.hpp"
#include "base/paths.hpp"
#include "core/presence/activity.hpp"
#include "ports/activity_source.hpp"
#include "ports/clock.hpp"

/// Checks whether doze can see the person, and starts at their login.
namespace doze::doctor {

/// Starts the sources briefly, if no daemon runs that could be asked. Destroy it before the loop.
class SourceTrial {
   public:
    /// `clock` must outlive it.
    SourceTrial(boost::asio::io_context& loop, const ports::Clock& clock, const ports::SourceSettings& settings);

    /// Completes when each source has reported whether it can run.
    boost::asio::awaitable<void> run();

    /// The statuses reported so far.
    [[nodiscard]] const std::vector<core::SourceStatus>& statuses() const { return statuses_; }

   private:
    void take(const core::SourceStatus& status);

    AsyncEvent all_said_;
    std::vector<core::SourceStatus> statuses_;
    activity::Sources sources_;
};

[[nodiscard]] Finding judge_desktop(const Environment& environment);

/// A line for each source, and one if none of them can see the person.
[[nodiscard]] Findings judge_sources(std::span<const core::SourceStatus> sources);

struct AutostartFacts {
    bool is_enabled = false;    ///< By graphical-session.target, as the unit file requests.
    bool is_graphical = false;  ///< There is a desktop.
    std::string target;         ///< The state of that target: "active"; empty if systemd does not answer.
};

[[nodiscard]] AutostartFacts autostart_facts(const Environment& environment);

/// Asks systemd for the target's state, if that matters.
boost::asio::awaitable<void> examine(AutostartFacts& facts);

/// Empty if there is nothing to report.
[[nodiscard]] std::optional<Finding> judge_autostart(const AutostartFacts& facts);

}  // namespace doze::doctor
