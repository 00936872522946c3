#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "core/model/kinds.hpp"

namespace doze::core {

/// Something at AWS that can sleep. Ordered by region, then kind and name.
struct ResourceId {
    Region region;
    Kind kind = Kind::ec2;
    ClusterName cluster = {};  ///< Empty where the kind has none.
    std::string name;          ///< Instance id, service, node group, ... (KindInfo::name_key).

    /// The AWS profile whose credentials reach it; empty for the credentials that doze uses by default.
    ProfileName profile = {};

    auto operator<=>(const ResourceId&) const = default;
};

[[nodiscard]] ResourceId ec2(Region region, const InstanceId& instance);
[[nodiscard]] ResourceId ecs(Region region, ClusterName cluster, const ServiceName& service);
[[nodiscard]] ResourceId eks(Region region, ClusterName cluster, const NodegroupName& nodegroup);
[[nodiscard]] ResourceId asg(Region region, const GroupName& group);
[[nodiscard]] ResourceId rds(Region region, const DatabaseName& instance);
[[nodiscard]] ResourceId rds_cluster(Region region, const DatabaseName& cluster);

/// As text for the journal, the log and people: "ec2:us-east-1:i-0abc", "ecs:us-east-1:cluster/service",
/// "work@ec2:us-east-1:i-0abc" for one that the profile work reaches.
[[nodiscard]] std::string to_string(const ResourceId& id);

/// The reverse of to_string(); `bad_request` for anything else.
[[nodiscard]] Result<ResourceId> parse_resource_id(std::string_view text);

/// How large a resource is: all that doze needs to restore it. An instance (EC2, RDS) or RDS cluster has
/// `desired` 1 while it runs and 0 else; an ECS service its desired count, and the bounds of its scalable target if it
/// has one; an EKS node group and an Auto Scaling group all three.
struct Size {
    int desired = 0;
    std::optional<int> min = std::nullopt;
    std::optional<int> max = std::nullopt;

    /// Which parts of its automatic scaling are switched off, a bit each; the kind knows which (adapters/aws/kinds).
    std::uint16_t suspended = 0;

    bool operator==(const Size&) const = default;
};

/// "3", "1/2/4" (minimum/desired/maximum).
[[nodiscard]] std::string to_string(const Size& size);

/// Whether two sizes differ. A bound that only one of them knows is not compared: the permission to read it may have
/// come or gone.
[[nodiscard]] bool differ(const Size& one, const Size& other);

/// The size of a resource of size `before` while it sleeps.
[[nodiscard]] Size slept(Kind kind, const Size& before);

/// The size to restore after a sleep, complete or partial, given what is seen now. Each field that still has the value
/// that the sleep gave it goes back to `before`; a field that somebody changed keeps its value. While the desired size
/// is still doze's 0, it is restored within the bounds. Once somebody changed it, a bound is restored only as far as
/// that size allows. Returns `seen` where nothing is left to restore.
[[nodiscard]] Size undone(Kind kind, const Size& before, const Size& seen);

/// One line of services.yaml: a resource that doze may act on.
struct Registration {
    ResourceId id;
    std::string description = {};

    /// Kinds with sizes only: what a wake restores when doze has no snapshot.
    std::optional<int> desired_size = std::nullopt;

    /// Its person overrode a guard by tag.
    bool force = false;

    /// EC2 only: hibernate instead of stop, where the instance can.
    bool hibernate = false;

    /// Not put to sleep while its CPU is above this (1 to 100).
    std::optional<int> busy_cpu_percent = std::nullopt;

    bool operator==(const Registration&) const = default;
};

}  // namespace doze::core
