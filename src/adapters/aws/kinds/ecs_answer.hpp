#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/inventory.hpp"
#include "core/policy/guard.hpp"

/// Parses the answers of ECS (JSON 1.1, 2014-11-13) into core types. Empty if the answer is malformed.
namespace doze::aws::ecs {

/// Parses one answer of DescribeClusters. Missing clusters are left out.
[[nodiscard]] std::optional<std::vector<core::EcsCluster>> parse_clusters(std::string_view body, const Region& region);

struct Services {
    std::vector<core::EcsService> found;
    std::vector<ServiceName> missing;
};

/// Parses one answer of DescribeServices. Fails if any service lacks name, status or counts: left out, it would count
/// as gone; with a guessed count, its snapshot would be wrong.
[[nodiscard]] std::optional<Services> parse_services(std::string_view body, const Region& region,
                                                     const ClusterName& cluster, const core::GuardSettings& guards);

}  // namespace doze::aws::ecs
