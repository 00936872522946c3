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

/// Whether doze can see its person, and starts with their log-in.
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

struct AutostartFacts {
    bool is_enabled = false;    ///< With graphical-session.target, as the unit asks for.
    bool is_graphical = false;  ///< This is a desktop.
    std::string target;         ///< What systemd says of that target: "active"; empty where it says nothing.
};

[[nodiscard]] AutostartFacts autostart_facts(const Environment& environment);

/// Asks systemd for what it says of the target, where that matters.
boost::asio::awaitable<void> examine(AutostartFacts& facts);

/// None where there is nothing to say.
[[nodiscard]] std::optional<Finding> judge_autostart(const AutostartFacts& facts);

}  // namespace doze::doctor
