#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/ids.hpp"

namespace doze::core {

enum class Kind : std::uint8_t { ec2, ecs, eks };

/// "ec2", "ecs", "eks".
[[nodiscard]] std::string_view to_string(Kind kind);

struct Ec2Name {
    InstanceId instance;
    auto operator<=>(const Ec2Name&) const = default;
};

struct EcsName {
    ClusterName cluster;
    ServiceName service;
    auto operator<=>(const EcsName&) const = default;
};

struct EksName {
    ClusterName cluster;
    NodegroupName nodegroup;
    auto operator<=>(const EksName&) const = default;
};

/// Something at AWS that can sleep. Ordered by region, then kind and name.
struct ResourceId {
    Region region;
    std::variant<Ec2Name, EcsName, EksName> name;

    [[nodiscard]] Kind kind() const { return static_cast<Kind>(name.index()); }
    auto operator<=>(const ResourceId&) const = default;
};

[[nodiscard]] ResourceId ec2(Region region, InstanceId instance);
[[nodiscard]] ResourceId ecs(Region region, ClusterName cluster, ServiceName service);
[[nodiscard]] ResourceId eks(Region region, ClusterName cluster, NodegroupName nodegroup);

/// As text for the journal, the log and people: "ec2:us-east-1:i-0abc", "ecs:us-east-1:cluster/service".
[[nodiscard]] std::string to_string(const ResourceId& id);

/// The reverse of to_string(); `bad_request` for anything else.
[[nodiscard]] Result<ResourceId> parse_resource_id(std::string_view text);

/// How large a resource is, which is all that doze must know to restore it. An EC2 instance has
/// `desired` 1 while it runs and 0 else; an ECS service its desired count; an EKS node group all three.
struct Size {
    int desired = 0;
    std::optional<int> min = std::nullopt;
    std::optional<int> max = std::nullopt;

    bool operator==(const Size&) const = default;
};

/// "3", "1/2/4" (minimum/desired/maximum).
[[nodiscard]] std::string to_string(const Size& size);

}  // namespace doze::core
