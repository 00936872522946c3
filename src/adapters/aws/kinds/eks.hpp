#pragma once

#include "adapters/aws/kinds/service.hpp"

/// EKS node groups: ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup, UpdateNodegroupConfig. See
/// service.hpp for the contract.
///
/// A sleep sets minimum and desired size to 0 and leaves the maximum; a wake sets all three from the target. All three
/// go in one call, because AWS checks minimum <= desired <= maximum at each. Limits that the target does not say are
/// the group's own; a desired size outside of those is refused (`bad_request`) rather than the limits moved.
namespace doze::aws::eks {

extern const Service service;

}  // namespace doze::aws::eks
