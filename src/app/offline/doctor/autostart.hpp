#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "app/offline/doctor/finding.hpp"
#include "base/paths.hpp"

/// Whether the doze that its person enabled starts with their next log-in.
namespace doze::doctor {

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
