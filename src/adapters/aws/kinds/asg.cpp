#include "adapters/aws/kinds/asg.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/kinds/asg_answer.hpp"
#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::asg {
namespace {

/// Most of MaxRecords, which is also how many names a call takes (DescribeAutoScalingGroups reference).
constexpr std::size_t groups_per_page = 100;

constexpr std::size_t changes_at_once = 4;

/// What would resize a sleeping group (schedules, predictive scaling and alarms), or launch instances while the group
/// goes empty (rebalancing, replacing, refreshing). Launch and Terminate stay on: the sleep and the wake are their
/// work. So do HealthCheck and AddToLoadBalancer, which start nothing, and without which a woken instance would not
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

/// SuspendProcesses or ResumeProcesses.
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

/// None of the changes answers anything but that it was accepted.
boost::asio::awaitable<Result<void>> send(Client& client, Call call) {
    const auto operation = call.operation;
    const auto region = call.region;
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    if (!is_answer_to(std::move(*answer), operation)) co_return not_understood(operation, region);
    co_return Result<void>();
}

/// AWS itself said no, and will say it again: the call did nothing.
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
        // The group stays awake, and shall do so as it was. If this fails too, the plan sees it and wakes the group.
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

// The first * is an identifier that AWS gives the group.
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
                      .survey = list_by<description>,
                      .look = look_by<description>,
                      .sleep = sleep,
                      .wake = wake,
                      .load = load,
                      .permissions = permissions};

}  // namespace doze::aws::asg
