#pragma once

#include "cloud/aws/service.hpp"

/// EC2 instances: DescribeInstances, StopInstances, StartInstances. See service.hpp for the contract.
///
/// A batch that is refused is halved until the bad instance stands alone, except where halving can't help (network,
/// throttling, no credentials). Starts are batched by pool, so that lack of capacity in one holds up no other.
namespace doze::cloud::aws::ec2 {

extern const Service service;

}  // namespace doze::cloud::aws::ec2
