#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "adapters/aws/kinds/items.hpp"
#include "adapters/aws/kinds/service.hpp"

/// Parses the answers of EC2 Auto Scaling (Query protocol, 2011-01-01) into core types.
namespace doze::aws::asg {

/// The scaling processes of a group, each of which can be suspended: the bits of Size::suspended, the first being 1.
/// The journal stores those bits, so the order must stay. Source: ScalingProcesses of the SuspendProcesses reference.
inline constexpr std::array<std::string_view, 9> processes{
    "Launch",      "Terminate",       "AddToLoadBalancer", "AlarmNotification", "AZRebalance",
    "HealthCheck", "InstanceRefresh", "ReplaceUnhealthy",  "ScheduledActions"};

/// The bit of a process; 0 for an unknown name.
[[nodiscard]] constexpr std::uint16_t bit_of(std::string_view process) {
    for (std::size_t i = 0; i < processes.size(); ++i)
        if (processes[i] == process) return static_cast<std::uint16_t>(1U << i);
    return 0;
}

/// Parses one answer of DescribeAutoScalingGroups. AWS reports a status only while it deletes a group; otherwise doze
/// derives "active", "scaling" or "empty".
[[nodiscard]] Result<ItemPage> parse_groups(std::string body, const Region& region, const core::GuardSettings& guards);

/// Auto Scaling groups: DescribeAutoScalingGroups, SuspendProcesses, UpdateAutoScalingGroup, ResumeProcesses. See
/// service.hpp for the contract.
///
/// A sleep first suspends the processes that would work against it, then sets minimum, desired and
/// maximum size to 0: AWS terminates the instances. A wake sets the sizes that the target has, then
/// resumes what the sleep had suspended; what was suspended before stays suspended. If the desired size
/// stays, only the target's bounds are set. If AWS refuses the second call of a sleep, the first one is
/// undone.
extern const Service service;

}  // namespace doze::aws::asg
