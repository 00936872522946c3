#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "app/offline/doctor/finding.hpp"
#include "base/result.hpp"
#include "core/presence/activity.hpp"

/// Asks the running daemon over its control socket.
namespace doze::doctor {

struct DaemonFacts {
    /// The reply to SYSTEM_STATUS. `not_found` if no daemon runs.
    Result<boost::json::object> status = boost::json::object();

    /// The process that holds the state folder's lock.
    std::optional<int> lock_holder;

    [[nodiscard]] bool runs() const { return status.has_value(); }
};

/// Blocks until the daemon has answered, for at most `patience`.
[[nodiscard]] DaemonFacts ask_daemon(const std::filesystem::path& state_dir, std::chrono::milliseconds patience);

[[nodiscard]] Finding judge_daemon(const DaemonFacts& facts, const std::filesystem::path& state_dir);

/// The activity sources in a status reply.
[[nodiscard]] std::vector<core::SourceStatus> sources_in(const boost::json::object& status);

/// The resources that doze put to sleep, as core::to_string(ResourceId).
[[nodiscard]] std::set<std::string> asleep_in(const boost::json::object& status);

/// The resources that the person stopped by a doze command, likewise.
[[nodiscard]] std::set<std::string> stopped_by_you_in(const boost::json::object& status);

}  // namespace doze::doctor
