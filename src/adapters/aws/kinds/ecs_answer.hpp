#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/inventory.hpp"
#include "core/policy/guard.hpp"

/// What ECS answers (JSON 1.1, 2014-11-13), as doze's own words. None where the answer makes no sense.
namespace doze::aws::ecs {

/// One answer of DescribeClusters. Clusters that are not there are left out.
[[nodiscard]] std::optional<std::vector<core::EcsCluster>> parse_clusters(std::string_view body, const Region& region);

struct Services {
    std::vector<core::EcsService> found;
    std::vector<ServiceName> missing;
};

/// One answer of DescribeServices. A service without name, status or counts makes the whole answer nonsense: left
/// out, it would count as gone; with a guessed count, its snapshot would be wrong.
[[nodiscard]] std::optional<Services> parse_services(std::string_view body, const Region& region,
                                                     const ClusterName& cluster, const core::GuardSettings& guards);

}  // namespace doze::aws::ecs
