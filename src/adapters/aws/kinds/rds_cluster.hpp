#pragma once

#include <string>

#include "adapters/aws/kinds/items.hpp"

/// RDS clusters, that is those of Aurora, and of Neptune and DocumentDB, which share these operations:
/// DescribeDBClusters, StopDBCluster, StartDBCluster. See service.hpp for the contract.
namespace doze::aws::rds_cluster {

extern const Service service;

/// One answer of DescribeDBClusters.
[[nodiscard]] Result<ItemPage> parse_clusters(std::string body, const Region& region,
                                              const core::GuardSettings& guards);

}  // namespace doze::aws::rds_cluster
