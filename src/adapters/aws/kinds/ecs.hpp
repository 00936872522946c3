#pragma once

#include "adapters/aws/kinds/service.hpp"

/// ECS services: ListClusters, DescribeClusters, ListServices, DescribeServices, UpdateService. See service.hpp for the
/// contract.
///
/// A sleep sets the minimum of a service's scalable target to 0 and suspends it, then sets the desired count to 0; a
/// wake restores the count, then the target. Daemon services are guarded.
namespace doze::aws::ecs {

extern const Service service;

}  // namespace doze::aws::ecs
