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

/// The running daemon, asked over its control socket.
namespace doze::doctor {

struct DaemonFacts {
    /// What it answered to SYSTEM_STATUS. `not_found` where none runs.
    Result<boost::json::object> status = boost::json::object();

    /// The process that holds the lock of the state folder.
    std::optional<int> lock_holder;

    [[nodiscard]] bool runs() const { return status.has_value(); }
};

/// Blocks until the daemon has answered, at most for `patience`.
[[nodiscard]] DaemonFacts ask_daemon(const std::filesystem::path& state_dir, std::chrono::milliseconds patience);

[[nodiscard]] Finding judge_daemon(const DaemonFacts& facts, const std::filesystem::path& state_dir);

/// The sources in a status.
[[nodiscard]] std::vector<core::SourceStatus> sources_in(const boost::json::object& status);

/// What doze put to sleep, by core::to_string(ResourceId).
[[nodiscard]] std::set<std::string> asleep_in(const boost::json::object& status);

/// What its person stopped by a command of doze's, likewise.
[[nodiscard]] std::set<std::string> stopped_by_you_in(const boost::json::object& status);

}  // namespace doze::doctor
