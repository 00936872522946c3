#pragma once

#include <optional>
#include <string>

#include "core/model/resource.hpp"

namespace doze::core {

/// One line of services.yaml: a resource that doze may act on.
struct Registration {
    ResourceId id;
    std::string description = {};

    /// Kinds with sizes only: what a wake restores when doze has no snapshot.
    std::optional<int> desired_size = std::nullopt;

    /// Its person overrode a guard by tag.
    bool force = false;

    /// EC2 only: hibernate instead of stop, where the instance can.
    bool hibernate = false;

    /// Not put to sleep while its CPU is above this (1 to 100).
    std::optional<int> busy_cpu_percent = std::nullopt;

    bool operator==(const Registration&) const = default;
};

}  // namespace doze::core
