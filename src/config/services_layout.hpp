#pragma once

#include <array>
#include <string_view>

#include "core/resource.hpp"

namespace doze::config {

/// The list of services.yaml that a kind stands in, and the keys that its items may have, in the order in
/// which doze writes them.
struct ListLayout {
    core::Kind kind;
    std::string_view key;
    std::array<std::string_view, 2> names;  ///< Together with the region the identity; EC2 has one only.
    bool sized;                             ///< May have desired_size.
};

inline constexpr std::array<ListLayout, 3> list_layouts{{
    {core::Kind::ec2, "ec2_instances", {"instance_id", ""}, false},
    {core::Kind::ecs, "ecs_services", {"cluster_name", "service_name"}, false},
    {core::Kind::eks, "eks_nodegroups", {"cluster_name", "nodegroup_name"}, true},
}};

[[nodiscard]] constexpr const ListLayout& layout_of(core::Kind kind) {
    return list_layouts.at(static_cast<std::size_t>(kind));
}

}  // namespace doze::config
