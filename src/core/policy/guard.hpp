#pragma once

#include <optional>
#include <span>
#include <string>

#include "core/model/observation.hpp"
#include "core/model/settings.hpp"

namespace doze::core {

/// A tag of a resource, as AWS keeps it.
struct Tag {
    std::string key;
    std::string value;

    bool operator==(const Tag&) const = default;
};

/// The guard that a resource's tags amount to: `doze=never`, or one of the production tags of the settings
/// ("env=prod*"; a '*' at the end matches any rest, a pattern without '=' any value). Keys and values are compared
/// without regard to case (ASCII) or white space around them. None where no tag guards.
[[nodiscard]] std::optional<Guard> guard_by_tags(std::span<const Tag> tags, const GuardSettings& settings);

/// Why a resource with this load stays awake for now, as a sentence; none if its CPU is at most `limit` percent (1 to
/// 100). A load that can't be measured counts as busy: better a bill than a broken build.
[[nodiscard]] std::optional<std::string> why_busy(const Load& load, int limit);

}  // namespace doze::core
