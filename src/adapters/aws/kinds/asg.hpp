#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/aws/kinds/items.hpp"
#include "adapters/aws/kinds/service.hpp"

/// What EC2 Auto Scaling answers (Query protocol, 2011-01-01), as doze's own words.
namespace doze::aws::asg {

/// What a group does by itself, each of which can be suspended: the bits of Size::suspended, the first being 1. That
/// number is in journals, so the order stays. Source: ScalingProcesses of the SuspendProcesses reference.
inline constexpr std::array<std::string_view, 9> processes{
    "Launch",      "Terminate",       "AddToLoadBalancer", "AlarmNotification", "AZRebalance",
    "HealthCheck", "InstanceRefresh", "ReplaceUnhealthy",  "ScheduledActions"};

/// The bit of a process; 0 for none of them.
[[nodiscard]] constexpr std::uint16_t bit_of(std::string_view process) {
    for (std::size_t i = 0; i < processes.size(); ++i)
        if (processes[i] == process) return static_cast<std::uint16_t>(1U << i);
    return 0;
}

/// One answer of DescribeAutoScalingGroups. AWS has a word for a group's state only while it is deleted; for the rest
/// it is "active", "scaling" or "empty".
[[nodiscard]] Result<ItemPage> parse_groups(std::string body, const Region& region, const core::GuardSettings& guards);

/// Auto Scaling groups: DescribeAutoScalingGroups, SuspendProcesses, UpdateAutoScalingGroup, ResumeProcesses. See
/// service.hpp for the contract.
///
/// A sleep first suspends what would work against it, then sets minimum, desired and maximum size to 0: AWS terminates
/// the instances. A wake sets the three sizes of the target (those that it has), then resumes what the sleep had
/// suspended: what was suspended before it stays so. Where the
/// desired size stays, only the bounds that the target has are set. A sleep whose second call AWS refuses takes its
/// first one back.
extern const Service service;

}  // namespace doze::aws::asg
