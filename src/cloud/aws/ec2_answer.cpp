#include "cloud/aws/ec2_answer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "cloud/aws/answer.hpp"

namespace doze::cloud::aws::ec2 {
namespace {

core::Phase phase_of(std::string_view state) {
    if (state == "pending") return core::Phase::waking;
    if (state == "running") return core::Phase::awake;
    if (state == "stopping") return core::Phase::falling_asleep;
    if (state == "stopped") return core::Phase::asleep;
    if (state == "shutting-down" || state == "terminated") return core::Phase::gone;
    return core::Phase::changing;
}

bool settled(core::Phase phase) {
    return phase == core::Phase::awake || phase == core::Phase::asleep || phase == core::Phase::gone;
}

std::optional<std::string> text_at(pugi::xml_node from, const char* name) {
    std::string text = from.child_value(name);
    if (text.empty()) return std::nullopt;
    return text;
}

std::vector<core::Tag> tags_of(pugi::xml_node instance) {
    std::vector<core::Tag> tags;
    for (const auto item : instance.child("tagSet").children("item"))
        tags.push_back({.key = item.child_value("key"), .value = item.child_value("value")});
    return tags;
}

std::string value_of(const std::vector<core::Tag>& tags, std::string_view key) {
    const auto tag = std::ranges::find(tags, key, &core::Tag::key);
    return tag == tags.end() ? std::string() : tag->value;
}

/// AWS's message mostly begins with the code already.
std::optional<std::string> state_reason(pugi::xml_node instance) {
    const std::string code = instance.child("stateReason").child_value("code");
    const std::string message = instance.child("stateReason").child_value("message");
    if (message.empty() && code.empty()) return std::nullopt;
    if (message.empty()) return code;
    if (code.empty() || message.starts_with(code)) return message;
    return code + ": " + message;
}

/// Guards that lie in what the instance is. They come before the guard by tag, which alone may be overridden.
std::optional<core::Guard> guard_by_nature(pugi::xml_node instance, const std::vector<core::Tag>& tags) {
    const auto nodegroup = value_of(tags, "eks:nodegroup-name");
    if (!nodegroup.empty())
        return core::Guard{
            fmt::format("It is a node of the EKS node group {}, which replaces a node that stops. "
                        "Register the node group instead.",
                        nodegroup)};
    const auto group = value_of(tags, "aws:autoscaling:groupName");
    if (!group.empty())
        return core::Guard{
            fmt::format("It belongs to the Auto Scaling group {}, which replaces a member that stops.", group)};
    if (instance.child("operator").child("managed").text().as_bool()) {
        const auto principal = text_at(instance.child("operator"), "principal");
        return core::Guard{
            fmt::format("It is managed by {}, which alone may stop it.", principal.value_or("an AWS service"))};
    }
    if (std::string_view(instance.child_value("rootDeviceType")) == "instance-store")
        return core::Guard{"Its root disk is an instance store: it cannot be stopped, only terminated."};
    return std::nullopt;
}

std::string pool_of(pugi::xml_node instance) {
    return fmt::format("{}/{}", instance.child_value("instanceType"),
                       instance.child("placement").child_value("availabilityZone"));
}

std::optional<core::Ec2Instance> parse_instance(pugi::xml_node item, const Region& region,
                                                const core::GuardSettings& guards) {
    const std::string id = item.child_value("instanceId");
    const std::string state = item.child("instanceState").child_value("name");
    if (id.empty() || state.empty()) return std::nullopt;
    const auto tags = tags_of(item);
    auto guard = guard_by_nature(item, tags);
    if (!guard) guard = core::guard_by_tags(tags, guards);
    const auto phase = phase_of(state);
    return core::Ec2Instance{
        .seen = {.id = core::ec2(region, InstanceId(id)),
                 .phase = phase,
                 .settled = settled(phase),
                 .size = {.desired = phase == core::Phase::awake ? 1 : 0},
                 .state = state,
                 .guard = std::move(guard),
                 .reason = state_reason(item),
                 .changed_at = parse_transition_time(item.child_value("reason")),
                 .pool = pool_of(item),
                 .can_hibernate = item.child("hibernationOptions").child("configured").text().as_bool()},
        .name = value_of(tags, "Name"),
        .type = item.child_value("instanceType"),
        .public_ip = text_at(item, "ipAddress"),
        .private_ip = text_at(item, "privateIpAddress")};
}

/// A spot instance is guarded until its request tells more.
void guard_spot(Page& page, pugi::xml_node item, core::Ec2Instance& instance) {
    page.spot.push_back({.index = page.instances.size(),
                         .request = item.child_value("spotInstanceRequestId"),
                         .otherwise = instance.seen.guard});
    instance.seen.guard = core::Guard{
        "It is a spot instance, and doze may not see whether it can be stopped: a one-time one can't. Allow "
        "ec2:DescribeSpotInstanceRequests."};
}

}  // namespace

Result<Page> parse_instances(std::string body, const Region& region, const core::GuardSettings& guards) {
    pugi::xml_document document;
    const auto root = parse_xml(document, body, "DescribeInstancesResponse");
    const auto reservations = root.child("reservationSet");
    if (!reservations) return not_understood("DescribeInstances", region);
    Page page{.next_token = root.child_value("nextToken")};
    for (const auto reservation : reservations.children("item")) {
        for (const auto item : reservation.child("instancesSet").children("item")) {
            auto instance = parse_instance(item, region, guards);
            if (!instance) return not_understood("DescribeInstances", region);
            if (std::string_view(item.child_value("instanceLifecycle")) == "spot") guard_spot(page, item, *instance);
            page.instances.push_back(std::move(*instance));
        }
    }
    return page;
}

std::optional<std::set<InstanceId>> parse_changes(std::string body, std::string_view operation) {
    pugi::xml_document document;
    const auto changes = parse_xml(document, body, (std::string(operation) + "Response").c_str()).child("instancesSet");
    if (!changes) return std::nullopt;
    std::set<InstanceId> ids;
    for (const auto item : changes.children("item")) ids.emplace(item.child_value("instanceId"));
    return ids;
}

std::optional<core::WallTime> parse_transition_time(std::string_view reason) {
    // AWS ends with GMT, emulators with UTC: both are the same.
    constexpr std::string_view shape = "0000-00-00 00:00:00";
    const auto open = reason.rfind('(');
    if (open == std::string_view::npos) return std::nullopt;
    const auto text = reason.substr(open + 1, shape.size());
    if (text.size() < shape.size()) return std::nullopt;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool is_digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !is_digit : text[i] != shape[i]) return std::nullopt;
    }
    const auto zone = reason.substr(open + 1 + shape.size());
    if (zone != " GMT)" && zone != " UTC)") return std::nullopt;
    const auto number = [text](std::size_t at, std::size_t length) {
        int value = 0;
        std::from_chars(text.data() + at, text.data() + at + length, value);
        return value;
    };
    using namespace std::chrono;
    const year_month_day day{year(number(0, 4)), month(static_cast<unsigned>(number(5, 2))),
                             std::chrono::day(static_cast<unsigned>(number(8, 2)))};
    const int hour = number(11, 2);
    const int minute = number(14, 2);
    const int second = number(17, 2);
    if (!day.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
    return core::WallTime(sys_days(day) + hours(hour) + minutes(minute) + seconds(second));
}

}  // namespace doze::cloud::aws::ec2
