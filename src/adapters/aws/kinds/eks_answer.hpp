#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "core/model/inventory.hpp"
#include "core/policy/guard.hpp"

/// What EKS answers (REST and JSON, 2017-11-01), as doze's own words. None where the answer makes no sense.
namespace doze::aws::eks {

/// One answer of DescribeCluster; its node groups are listed elsewhere.
[[nodiscard]] std::optional<core::EksCluster> parse_cluster(std::string_view body, const Region& region);

/// One answer of DescribeNodegroup. Nonsense without status or any of the three sizes, which a snapshot needs.
[[nodiscard]] std::optional<core::EksNodegroup> parse_nodegroup(std::string_view body, const core::ResourceId& id,
                                                                const core::GuardSettings& guards);

/// Whether this is an answer of UpdateNodegroupConfig.
[[nodiscard]] bool is_update(std::string_view body);

}  // namespace doze::aws::eks
