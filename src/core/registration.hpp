#pragma once

#include <optional>
#include <string>

#include "core/resource.hpp"

namespace doze::core {

/// One line of services.yaml: a resource that doze may act on.
struct Registration {
    ResourceId id;
    std::string description = {};

    /// EKS only: what a wake restores when doze has no snapshot.
    std::optional<int> desired_size = std::nullopt;

    /// Its person overrode a guard by tag.
    bool force = false;

    bool operator==(const Registration&) const = default;
};

}  // namespace doze::core
