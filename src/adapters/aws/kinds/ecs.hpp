#pragma once

#include "adapters/aws/kinds/service.hpp"

/// ECS services: ListClusters, DescribeClusters, ListServices, DescribeServices, UpdateService. See service.hpp for
/// the contract.
///
/// A sleep sets the desired count to 0, a wake to that of the target. Daemon services are guarded. A scalable target of
/// Application Auto Scaling is not touched: with a minimum above 0 it brings tasks back.
namespace doze::aws::ecs {

extern const Service service;

}  // namespace doze::aws::ecs
