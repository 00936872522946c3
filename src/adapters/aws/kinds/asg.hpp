#pragma once

#include "adapters/aws/kinds/service.hpp"

/// Auto Scaling groups: DescribeAutoScalingGroups, SuspendProcesses, UpdateAutoScalingGroup, ResumeProcesses. See
/// service.hpp for the contract.
///
/// A sleep first suspends what would work against it, then sets minimum, desired and maximum size to 0: AWS terminates
/// the instances. A wake sets the three sizes of the target (those that it has), then resumes what the sleep had
/// suspended: what was suspended before it stays so. Where the
/// desired size stays, only the bounds that the target has are set. A sleep whose second call AWS refuses takes its
/// first one back.
namespace doze::aws::asg {

extern const Service service;

}  // namespace doze::aws::asg
