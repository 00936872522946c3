#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
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

/// EKS node groups: ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup, UpdateNodegroupConfig. See
/// service.hpp for the contract.
///
/// A sleep sets minimum and desired size to 0 and leaves the maximum; a wake sets all three from the target. All three
/// go in one call, because AWS checks minimum <= desired <= maximum at each. Limits that the target does not say are
/// the group's own; a desired size outside of those is refused (`bad_request`) rather than the limits moved.
extern const Service service;

}  // namespace doze::aws::eks
