#include "adapters/aws/kinds/asg_answer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::asg {
namespace {

/// The instances of a group, counted.
struct Members {
    int in_service = 0;
    int capacity = 0;  ///< Of those in service: an instance may count for several (WeightedCapacity).
    int coming = 0;
    int staying = 0;  ///< Not gone yet of what a group of size 0 takes away.
    int kept = 0;     ///< Protected from scale-in.
};

/// A group of size 0 does not take these away: a person or a policy has put them aside (Standby, Retained), or they
/// are gone already.
bool is_aside(std::string_view state) {
    return state == "Standby" || state == "Terminated" || state == "Detached" || state.ends_with(":Retained") ||
           state.starts_with("Warmed:");
}

Members members_of(pugi::xml_node group) {
    Members members;
    for (const auto instance : group.child("Instances").children("member")) {
        const std::string_view state = instance.child_value("LifecycleState");
        if (state == "InService") {
            ++members.in_service;
            members.capacity += count_at(instance, "WeightedCapacity").value_or(1);
        }
        if (state.starts_with("Pending")) ++members.coming;
        if (!is_aside(state)) ++members.staying;
        if (flag_at(instance, "ProtectedFromScaleIn") && !is_aside(state)) ++members.kept;
    }
    return members;
}

std::uint16_t suspended_in(pugi::xml_node group) {
    std::uint16_t bits = 0;
    for (const auto process : group.child("SuspendedProcesses").children("member"))
        bits |= bit_of(process.child_value("ProcessName"));
    return bits;
}

/// Nothing moves any more towards the desired size. Where that is not counted in instances (DesiredCapacityType), that
/// some serve and none is on its way must do.
bool is_settled(pugi::xml_node group, int desired, const Members& members) {
    if (desired == 0) return members.staying == 0;
    const std::string_view unit = group.child_value("DesiredCapacityType");
    if (unit.empty() || unit == "units") return members.capacity >= desired;
    return members.in_service > 0 && members.coming == 0;
}

/// Guards that lie in what the group is. They come before the guard by tag, which alone may be overridden.
std::optional<core::Guard> guard_by_nature(pugi::xml_node group, const std::vector<core::Tag>& tags,
                                           std::uint16_t suspended, const Members& members) {
    const auto nodegroup = std::ranges::find(tags, "eks:nodegroup-name", &core::Tag::key);
    if (nodegroup != tags.end())
        return core::Guard{fmt::format(
            "It belongs to the EKS node group {}, which would set its size again. Register the node group instead.",
            nodegroup->value)};
    if (const auto owner = text_at(group.child("Operator"), "Principal"))
        return core::Guard{fmt::format("It is managed by {}, which alone may change it.", *owner)};
    if ((suspended & bit_of("Terminate")) != 0)
        return core::Guard{"Its process Terminate is suspended, so AWS would not take its instances away."};
    if ((suspended & bit_of("Launch")) != 0)
        return core::Guard{"Its process Launch is suspended, so AWS could not bring its instances back."};
    if (group.child("WarmPoolConfiguration").first_child())
        return core::Guard{"It has a warm pool, whose instances stay when the group is emptied."};
    if (members.kept > 0)
        return core::Guard{
            fmt::format("{} of its instances {} protected from scale-in, so the group would not go empty.",
                        members.kept, members.kept == 1 ? "is" : "are")};
    return std::nullopt;
}

std::optional<core::Item> parse_group(pugi::xml_node group, const Region& region, const core::GuardSettings& guards) {
    const auto name = text_at(group, "AutoScalingGroupName");
    const auto min = count_at(group, "MinSize");
    const auto desired = count_at(group, "DesiredCapacity");
    const auto max = count_at(group, "MaxSize");
    if (!name || !min || !desired || !max) return std::nullopt;
    const auto members = members_of(group);
    const auto suspended = suspended_in(group);
    const auto tags = tags_in(group.child("Tags"), "member");
    auto guard = guard_by_nature(group, tags, suspended, members);
    if (!guard) guard = core::guard_by_tags(tags, guards);
    // AWS sets it while the group is deleted, and at no other time. A deletion can't be called off.
    const auto status = text_at(group, "Status");
    const bool settled = status || is_settled(group, *desired, members);
    const auto* const word = !settled ? "scaling" : *desired == 0 ? "empty" : "active";
    return core::Item{.seen = {.id = core::asg(region, GroupName(*name)),
                               .phase = status         ? core::Phase::gone
                                        : *desired > 0 ? core::Phase::awake
                                                       : core::Phase::asleep,
                               .settled = settled,
                               .size = {.desired = *desired, .min = min, .max = max, .suspended = suspended},
                               .running = members.in_service,
                               .state = status.value_or(word),
                               .guard = std::move(guard),
                               .created_at = time_at(group, "CreatedTime"),
                               .details = {{"min_size", *min},
                                           {"desired_size", *desired},
                                           {"max_size", *max},
                                           {"instances", members.in_service}}}};
}

}  // namespace

Result<ItemPage> parse_groups(std::string body, const Region& region, const core::GuardSettings& guards) {
    pugi::xml_document document;
    const auto result = query_result(document, body, "DescribeAutoScalingGroups");
    const auto groups = result.child("AutoScalingGroups");
    if (!groups) return not_understood("DescribeAutoScalingGroups", region);
    ItemPage page{.items = {}, .next_token = result.child_value("NextToken")};
    for (const auto group : groups.children("member")) {
        auto item = parse_group(group, region, guards);
        if (!item) return not_understood("DescribeAutoScalingGroups", region);
        page.items.push_back(std::move(*item));
    }
    return page;
}

}  // namespace doze::aws::asg
