#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
#include "core/model/inventory.hpp"
#include "core/policy/guard.hpp"

/// Parses the answers of EKS (REST and JSON, 2017-11-01) into core types. Empty if the answer is malformed.
namespace doze::aws::eks {

/// Parses one answer of DescribeCluster; node groups are listed separately.
[[nodiscard]] std::optional<core::EksCluster> parse_cluster(std::string_view body, const Region& region);

/// Parses one answer of DescribeNodegroup. Fails without the status or any of the three sizes, which a snapshot needs.
[[nodiscard]] std::optional<core::EksNodegroup> parse_nodegroup(std::string_view body, const core::ResourceId& id,
                                                                const core::GuardSettings& guards);

/// Whether this is an answer of UpdateNodegroupConfig.
[[nodiscard]] bool is_update(std::string_view body);

/// EKS node groups: ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup, UpdateNodegroupConfig. See
/// service.hpp for the contract.
///
/// A sleep sets minimum and desired size to 0 and leaves the maximum; a wake sets all three from the target. All three
/// go in one call, because AWS checks minimum <= desired <= maximum at each. Bounds missing in the target are the
/// group's own; a desired size outside of them is refused (`bad_request`) rather than the bounds moved.
extern const Service service;

}  // namespace doze::aws::eks
