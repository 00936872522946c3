#pragma once

#include <string>
#include <vector>

#include "base/ids.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// When a person counts as away. What the members begin with is what counts where settings.json says nothing.
struct PresenceSettings {
    Duration inactivity_timeout = std::chrono::minutes(30);

    /// How long before `away` the person counts as idle and is warned; at most half the timeout.
    Duration warning = std::chrono::minutes(5);

    /// Passive signals count only while the last physical one is younger than this.
    Duration passive_limit = std::chrono::minutes(120);

    /// A locked screen shortens the timeout to this.
    Duration lock_grace = std::chrono::minutes(5);

    /// Age of the newest counting signal at which presence becomes idle.
    [[nodiscard]] Duration idle_after() const;

    /// How long before a sleep the warning comes: what was set, within the timeout.
    [[nodiscard]] Duration warning_time() const { return inactivity_timeout - idle_after(); }

    bool operator==(const PresenceSettings&) const = default;
};

/// Tags that mark a resource as production: "env=prod*" matches any value that begins with prod,
/// without regard to case.
struct GuardSettings {
    std::vector<std::string> production_tags = {"env=prod*",        "env=live",    "environment=prod*",
                                                "environment=live", "stage=prod*", "stage=live"};

    bool operator==(const GuardSettings&) const = default;
};

struct Settings {
    PresenceSettings presence;
    GuardSettings guards;
    std::vector<Region> regions;
    Duration check_interval = std::chrono::minutes(5);

    /// Decide and show everything, change nothing.
    bool dry_run = false;

    /// A person's commands, too, are for what is registered only.
    bool only_registered = false;
};

}  // namespace doze::core
