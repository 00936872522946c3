#include "core/model/resource.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace doze::core {

ResourceId ec2(Region region, const InstanceId& instance) {
    return {.region = std::move(region), .kind = Kind::ec2, .name = instance.str()};
}

ResourceId ecs(Region region, ClusterName cluster, const ServiceName& service) {
    return {.region = std::move(region), .kind = Kind::ecs, .cluster = std::move(cluster), .name = service.str()};
}

ResourceId eks(Region region, ClusterName cluster, const NodegroupName& nodegroup) {
    return {.region = std::move(region), .kind = Kind::eks, .cluster = std::move(cluster), .name = nodegroup.str()};
}

ResourceId asg(Region region, const GroupName& group) {
    return {.region = std::move(region), .kind = Kind::asg, .name = group.str()};
}

ResourceId rds(Region region, const DatabaseName& instance) {
    return {.region = std::move(region), .kind = Kind::rds, .name = instance.str()};
}

ResourceId rds_cluster(Region region, const DatabaseName& cluster) {
    return {.region = std::move(region), .kind = Kind::rds_cluster, .name = cluster.str()};
}

std::string to_string(const ResourceId& id) {
    return fmt::format("{}{}{}:{}:{}{}{}", id.profile.str(), id.profile.str().empty() ? "" : "@", to_string(id.kind),
                       id.region.str(), id.cluster.str(), id.cluster.str().empty() ? "" : "/", id.name);
}

Result<ResourceId> parse_resource_id(std::string_view text) {
    const Error malformed{.code = ErrorCode::bad_request, .message = "Not a resource: '" + std::string(text) + "'."};
    const auto first = text.find(':');
    if (first == std::string_view::npos) return malformed;
    const auto second = text.find(':', first + 1);
    if (second == std::string_view::npos) return malformed;

    ResourceId id;
    auto word = text.substr(0, first);
    if (const auto at = word.rfind('@'); at != std::string_view::npos) {
        auto profile = parse_profile_name(word.substr(0, at));
        if (!profile) return profile.error();
        id.profile = std::move(*profile);
        word.remove_prefix(at + 1);
    }
    const auto* kind = find_kind(word);
    if (kind == nullptr) return malformed;
    id.kind = kind->kind;

    auto region = parse_region(text.substr(first + 1, second - first - 1));
    if (!region) return region.error();
    id.region = std::move(*region);

    auto name = text.substr(second + 1);
    if (kind->in_cluster) {
        const auto slash = name.find('/');
        if (slash == std::string_view::npos) return malformed;
        auto cluster = parse_cluster_name(name.substr(0, slash));
        if (!cluster) return cluster.error();
        id.cluster = std::move(*cluster);
        name.remove_prefix(slash + 1);
    }
    auto own = kind->parse_name(name);
    if (!own) return own.error();
    id.name = std::move(*own);
    return id;
}

bool differ(const Size& one, const Size& other) {
    if (one.desired != other.desired) return true;
    if (!one.min || !other.min) return false;
    return one != other;
}

Size slept(Kind kind, const Size& before) {
    Size left = before;
    left.desired = 0;
    if (!before.min) return left;
    left.min = 0;
    left.suspended = before.suspended | info(kind).suspends;
    if (info(kind).max_sleeps) left.max = 0;
    return left;
}

Size undone(Kind kind, const Size& before, const Size& seen) {
    const bool is_asleep = seen.desired == 0;
    Size goal = seen;
    if (is_asleep) goal.desired = before.desired;
    if (!before.min) return goal;  // The sleep knew no bounds, and touched none.
    if (!seen.min) {               // They can't be seen now: all of them go back.
        goal = before;
        if (!is_asleep) goal.desired = seen.desired;
        return goal;
    }
    const Size left = slept(kind, before);
    goal.suspended = seen.suspended & ~(left.suspended & ~before.suspended);
    const bool min_is_dozes = seen.min == left.min;
    const bool max_is_dozes = seen.max == left.max;
    if (min_is_dozes) goal.min = before.min;
    if (max_is_dozes) goal.max = before.max;
    if (min_is_dozes && max_is_dozes && goal.desired == before.desired) return goal;
    if (is_asleep) {
        // A bound that somebody changed wins over the one that comes back.
        if (goal.max && *goal.min > *goal.max) {
            if (min_is_dozes)
                goal.min = goal.max;
            else
                goal.max = goal.min;
        }
        goal.desired = std::max(goal.desired, *goal.min);
        if (goal.max) goal.desired = std::min(goal.desired, *goal.max);
    } else {
        if (min_is_dozes) goal.min = std::min(*goal.min, seen.desired);
        if (left.max != before.max && max_is_dozes) goal.max = std::max(*goal.max, seen.desired);
    }
    return goal;
}

}  // namespace doze::core
