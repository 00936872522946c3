#pragma once

#include <string>

#include "adapters/aws/kinds/items.hpp"

/// RDS instances: DescribeDBInstances, StopDBInstance, StartDBInstance. See service.hpp for the contract. No snapshot
/// is taken.
namespace doze::aws::rds {

extern const Service service;

/// One answer of DescribeDBInstances (those of Neptune and DocumentDB are in it too).
[[nodiscard]] Result<ItemPage> parse_instances(std::string body, const Region& region,
                                               const core::GuardSettings& guards);

}  // namespace doze::aws::rds
