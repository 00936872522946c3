#include "adapters/aws/kinds/asg.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::asg {

namespace {

/// Counts of a group's instances.
struct Members {
    int in_service = 0;
    int capacity = 0;  ///< Of those in service: an instance may count for several units (WeightedCapacity).
    int coming = 0;
    int staying = 0;  ///< Not yet terminated, of those that a size of 0 terminates.
    int kept = 0;     ///< Protected from scale-in.
};

/// Whether a size of 0 leaves this instance alone: a person or a policy has set it aside (Standby, Retained), or it is
/// gone already.
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

/// Whether the group has reached its desired size. If that is not counted in instances (DesiredCapacityType), it must
/// do that some are in service and none is on its way.
bool is_settled(pugi::xml_node group, int desired, const Members& members) {
    if (desired == 0) return members.staying == 0;
    const std::string_view unit = group.child_value("DesiredCapacityType");
    if (unit.empty() || unit == "units") return members.capacity >= desired;
    return members.in_service > 0 && members.coming == 0;
}

/// Guards that follow from the group's configuration. They take precedence over the tag guard, which alone can be
/// overridden.
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
    // AWS sets it only while it deletes the group. A deletion can't be cancelled.
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

namespace {

/// Largest MaxRecords, which is also how many names a call takes (DescribeAutoScalingGroups reference).
constexpr std::size_t groups_per_page = 100;

constexpr std::size_t changes_at_once = 4;

/// Processes that would resize a sleeping group (schedules, predictive scaling and alarms), or launch instances while
/// the group empties (rebalancing, replacing, refreshing). Launch and Terminate stay on: the sleep and the wake need
/// them. So do HealthCheck and AddToLoadBalancer, which launch nothing, and without which a woken instance would not
/// serve.
constexpr std::uint16_t working_against = bit_of("AlarmNotification") | bit_of("AZRebalance") |
                                          bit_of("InstanceRefresh") | bit_of("ReplaceUnhealthy") |
                                          bit_of("ScheduledActions");

Call call_for(const Region& region, const std::string& operation, QueryPairs parameters) {
    return query_call("autoscaling", region, operation, "2011-01-01", std::move(parameters));
}

Call describe_call(const Region& region, const std::vector<core::ResourceId>& only, const std::string& token) {
    QueryPairs parameters{{"MaxRecords", std::to_string(groups_per_page)}};
    for (std::size_t i = 0; i < only.size(); ++i)
        parameters.emplace_back("AutoScalingGroupNames.member." + std::to_string(i + 1), only[i].name);
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    return call_for(region, "DescribeAutoScalingGroups", std::move(parameters));
}

/// A call of SuspendProcesses or ResumeProcesses.
Call processes_call(const core::ResourceId& id, const std::string& operation, std::uint16_t which) {
    QueryPairs parameters{{"AutoScalingGroupName", id.name}};
    for (const auto process : processes)
        if ((which & bit_of(process)) != 0)
            parameters.emplace_back("ScalingProcesses.member." + std::to_string(parameters.size()), process);
    return call_for(id.region, operation, std::move(parameters));
}

Call update_call(const core::ResourceId& id, const core::Size& size, bool desired_stays) {
    QueryPairs parameters{{"AutoScalingGroupName", id.name}};
    if (!desired_stays) parameters.emplace_back("DesiredCapacity", std::to_string(size.desired));
    if (size.min) parameters.emplace_back("MinSize", std::to_string(*size.min));
    if (size.max) parameters.emplace_back("MaxSize", std::to_string(*size.max));
    return call_for(id.region, "UpdateAutoScalingGroup", std::move(parameters));
}

/// The answer to a change contains nothing but that AWS accepted it.
boost::asio::awaitable<Result<void>> send(Client& client, Call call) {
    const auto operation = call.operation;
    const auto region = call.region;
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    if (!is_answer_to(std::move(*answer), operation)) co_return not_understood(operation, region);
    co_return Result<void>();
}

/// Whether AWS itself refused and will refuse again: the call changed nothing.
bool is_refused(const Result<void>& done) {
    return !done && !done.error().aws_code.empty() && done.error().recovery == Recovery::tell;
}

boost::asio::awaitable<void> empty_group(Client& client, core::Target target, const CallReturned& each) {
    const auto suspended_now = static_cast<std::uint16_t>(working_against & ~target.size.suspended);
    if (suspended_now != 0) {
        auto suspend = processes_call(target.id, "SuspendProcesses", suspended_now);
        auto done = co_await send(client, std::move(suspend));
        if (!done) {
            each(target.id, std::move(done));
            co_return;
        }
    }
    const core::Size nothing{.desired = 0, .min = 0, .max = 0};
    auto update = update_call(target.id, nothing, false);
    auto done = co_await send(client, std::move(update));
    if (suspended_now != 0 && is_refused(done)) {
        // The group stays awake, so restore it. If this fails too, core/reconcile sees it and wakes the group.
        auto resume = processes_call(target.id, "ResumeProcesses", suspended_now);
        co_await send(client, std::move(resume));
    }
    each(target.id, std::move(done));
}

boost::asio::awaitable<void> fill_group(Client& client, core::Target target, const CallReturned& each) {
    Result<void> done;
    if (!target.desired_stays || target.size.min || target.size.max) {
        auto update = update_call(target.id, target.size, target.desired_stays);
        done = co_await send(client, std::move(update));
    }
    const auto suspended_by_sleep = static_cast<std::uint16_t>(working_against & ~target.size.suspended);
    if (done && suspended_by_sleep != 0) {
        auto resume = processes_call(target.id, "ResumeProcesses", suspended_by_sleep);
        done = co_await send(client, std::move(resume));
    }
    each(target.id, std::move(done));
}

constexpr Description description{
    .operation = "DescribeAutoScalingGroups", .call = describe_call, .parse = parse_groups};

boost::asio::awaitable<void> sleep(Client& client, Region /*region*/, std::vector<core::Target> targets,
                                   CallReturned each) {
    co_await at_once(changes_at_once, targets.size(),
                     [&](std::size_t i) { return empty_group(client, targets[i], each); });
}

boost::asio::awaitable<void> wake(Client& client, Region /*region*/, std::vector<core::Target> targets,
                                  CallReturned each) {
    co_await at_once(changes_at_once, targets.size(),
                     [&](std::size_t i) { return fill_group(client, targets[i], each); });
}

LoadMetric load(const core::ResourceId& id) {
    return {"AWS/EC2", {{"AutoScalingGroupName", id.name}}};
}

// The first * is an id that AWS assigns to the group.
constexpr std::string_view group_arn = "autoScalingGroup:*:autoScalingGroupName/{name}";

Call small_page(const std::vector<core::ResourceId>& some) {
    return call_for(some.front().region, "DescribeAutoScalingGroups", {{"MaxRecords", "1"}});
}

constexpr Permission permissions[] = {
    {"autoscaling:DescribeAutoScalingGroups", Permission::Use::list, "", "", small_page},
    {"autoscaling:SuspendProcesses", Permission::Use::sleep, group_arn},
    {"autoscaling:UpdateAutoScalingGroup", Permission::Use::sleep, group_arn},
    {"autoscaling:UpdateAutoScalingGroup", Permission::Use::wake, group_arn},
    {"autoscaling:ResumeProcesses", Permission::Use::wake, group_arn},
    cloudwatch::permission<load>,
};

}  // namespace

const Service service{.kind = core::Kind::asg,
                      .name = "autoscaling",
                      .list = list_by<description>,
                      .describe = describe_by<description>,
                      .sleep = sleep,
                      .wake = wake,
                      .load = load,
                      .permissions = permissions};

}  // namespace doze::aws::asg
