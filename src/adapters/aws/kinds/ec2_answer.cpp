#include "adapters/aws/kinds/ec2_answer.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>

#include "adapters/aws/client/errors.hpp"
#include "adapters/aws/kinds/ec2.hpp"
#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::ec2 {

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

/// The members that are read of an instance. It has some fifty, and each look-up by name scans them all, so they are
/// visited once.
struct Members {
    pugi::xml_node id, state, reason, type, placement, private_ip, public_ip, state_reason, root, lifecycle, request,
        hibernation, tags, manager, networks;
};

struct Wanted {
    std::string_view name;
    pugi::xml_node Members::*member;
};

constexpr Wanted wanted[] = {
    {"instanceId", &Members::id},
    {"instanceState", &Members::state},
    {"reason", &Members::reason},
    {"instanceType", &Members::type},
    {"placement", &Members::placement},
    {"privateIpAddress", &Members::private_ip},
    {"ipAddress", &Members::public_ip},
    {"stateReason", &Members::state_reason},
    {"rootDeviceType", &Members::root},
    {"instanceLifecycle", &Members::lifecycle},
    {"spotInstanceRequestId", &Members::request},
    {"hibernationOptions", &Members::hibernation},
    {"tagSet", &Members::tags},
    {"operator", &Members::manager},
    {"networkInterfaceSet", &Members::networks},
};

Members members_of(pugi::xml_node instance) {
    Members members;
    for (const auto child : instance) {
        const auto* found = std::ranges::find(wanted, std::string_view(child.name()), &Wanted::name);
        if (found != std::end(wanted)) members.*found->member = child;
    }
    return members;
}

std::optional<std::string> text_of(pugi::xml_node from) {
    const std::string_view text = from.child_value();
    if (text.empty()) return std::nullopt;
    return std::string(text);
}

std::string_view value_of(const std::vector<core::Tag>& tags, std::string_view key) {
    const auto tag = std::ranges::find(tags, key, &core::Tag::key);
    return tag == tags.end() ? std::string_view() : tag->value;
}

/// AWS's message usually begins with the code.
std::optional<std::string> state_reason(pugi::xml_node from) {
    const std::string_view code = from.child_value("code");
    const std::string_view message = from.child_value("message");
    if (message.empty() && code.empty()) return std::nullopt;
    if (message.empty()) return std::string(code);
    if (code.empty() || message.starts_with(code)) return std::string(message);
    return fmt::format("{}: {}", code, message);
}

/// Whether instances of this type have disks of their host, by AWS's naming of types: a "d" after the generation
/// ("m6gd"), or a family that always has them.
bool has_instance_store(std::string_view type) {
    constexpr std::string_view families[] = {"c1",  "c3",   "cc2", "cr1",  "dl1",   "f1",   "f2", "g2", "g5",
                                             "g6",  "g6e",  "gr6", "h1",   "hs1",   "m1",   "m2", "m3", "p5",
                                             "p5e", "p5en", "r3",  "trn1", "trn1n", "trn2", "x1", "x1e"};
    constexpr std::string_view for_storage[] = {"d", "i", "im", "is"};
    const auto family = type.substr(0, type.find('.'));
    const auto generation = std::min(family.size(), family.find_first_of("0123456789"));
    const auto options = std::min(family.size(), family.find_first_not_of("0123456789", generation));
    return family.substr(options).find('d') != std::string_view::npos ||
           std::ranges::find(for_storage, family.substr(0, generation)) != std::end(for_storage) ||
           std::ranges::find(families, family) != std::end(families);
}

/// Whether the public address changes with each start: it does unless it belongs to the account (an Elastic IP).
bool has_passing_address(pugi::xml_node networks) {
    for (const auto network : networks.children("item"))
        if (std::string_view(network.child("association").child_value("ipOwnerId")) == "amazon") return true;
    return false;
}

core::Losses losses_of(const Members& from) {
    core::Losses losses;
    if (const std::string_view type = from.type.child_value(); has_instance_store(type)) losses.instance_store = type;
    if (has_passing_address(from.networks)) losses.public_address = from.public_ip.child_value();
    return losses;
}

/// The next step for an instance that is stopped because it could not start.
std::string advice_for(pugi::xml_node reason, const Region& region) {
    const std::string_view code = reason.child_value("code");
    if (code.empty() || code.find("User") != std::string_view::npos || code.find("Initiated") != std::string_view::npos)
        return {};
    const Call start{
        .service = "ec2", .region = region, .operation = "StartInstances", .iam_action = "ec2:StartInstances"};
    return error_of(start, Refusal{std::string(code), reason.child_value("message")}).next_step;
}

/// Guards that follow from the instance's properties. They take precedence over the tag guard, which alone can be
/// overridden.
std::optional<core::Guard> guard_by_nature(const Members& instance, const std::vector<core::Tag>& tags) {
    const auto nodegroup = value_of(tags, "eks:nodegroup-name");
    if (!nodegroup.empty())
        return core::Guard{
            fmt::format("It is a node of the EKS node group {}, which replaces a node that stops. "
                        "Register the node group instead.",
                        nodegroup)};
    const auto group = value_of(tags, "aws:autoscaling:groupName");
    if (!group.empty())
        return core::Guard{
            fmt::format("It belongs to the Auto Scaling group {}, which replaces a member that stops. Register the "
                        "group instead: asg:{}",
                        group, group)};
    if (instance.manager.child("managed").text().as_bool()) {
        const auto principal = text_of(instance.manager.child("principal"));
        return core::Guard{
            fmt::format("It is managed by {}, which alone may stop it.", principal.value_or("an AWS service"))};
    }
    if (std::string_view(instance.root.child_value()) == "instance-store")
        return core::Guard{"Its root disk is an instance store: it cannot be stopped, only terminated."};
    return std::nullopt;
}

/// Reads the instances of one answer.
class InstanceReader {
   public:
    InstanceReader(const Region& region, const core::GuardSettings& guards) : region_(region), guards_(guards) {}

    /// Empty if it lacks id or state.
    std::optional<core::Ec2Instance> read(const Members& from) {
        std::string id = from.id.child_value();
        std::string state = from.state.child_value("name");
        if (id.empty() || state.empty()) return std::nullopt;
        read_tags(from.tags);
        auto guard = guard_by_nature(from, tags_);
        if (!guard) guard = core::guard_by_tags(tags_, guards_);
        const auto phase = phase_of(state);
        return core::Ec2Instance{.seen = {.id = core::ec2(region_, InstanceId(std::move(id))),
                                          .phase = phase,
                                          .settled = settled(phase),
                                          .size = {.desired = phase == core::Phase::awake ? 1 : 0},
                                          .state = std::move(state),
                                          .guard = std::move(guard),
                                          .losses = losses_of(from),
                                          .reason = state_reason(from.state_reason),
                                          .advice = advice_for(from.state_reason, region_),
                                          .changed_at = parse_transition_time(from.reason.child_value()),
                                          .pool = fmt::format("{}/{}", from.type.child_value(),
                                                              from.placement.child_value("availabilityZone")),
                                          .can_hibernate = from.hibernation.child("configured").text().as_bool()},
                                 .name = std::string(value_of(tags_, "Name")),
                                 .type = from.type.child_value(),
                                 .public_ip = text_of(from.public_ip),
                                 .private_ip = text_of(from.private_ip)};
    }

   private:
    void read_tags(pugi::xml_node set) {
        tags_.clear();
        for (const auto item : set.children("item"))
            tags_.push_back({.key = item.child_value("key"), .value = item.child_value("value")});
    }

    const Region& region_;
    const core::GuardSettings& guards_;
    std::vector<core::Tag> tags_;  ///< Of the current instance; the memory is reused for all.
};

/// Guards a spot instance until its request tells more.
void guard_spot(Page& page, const Members& from, core::Ec2Instance& instance) {
    page.spot.push_back(
        {.index = page.instances.size(), .request = from.request.child_value(), .otherwise = instance.seen.guard});
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
    InstanceReader reader(region, guards);
    for (const auto reservation : reservations.children("item")) {
        for (const auto item : reservation.child("instancesSet").children("item")) {
            const auto from = members_of(item);
            auto instance = reader.read(from);
            if (!instance) return not_understood("DescribeInstances", region);
            if (std::string_view(from.lifecycle.child_value()) == "spot") guard_spot(page, from, *instance);
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
    // AWS writes GMT, emulators UTC; both mean the same.
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

namespace {

/// Whether each request is persistent; requests that AWS does not list are missing.
std::map<std::string, bool> parse_requests(std::string body) {
    pugi::xml_document document;
    std::map<std::string, bool> persistent;
    const auto root = parse_xml(document, body, "DescribeSpotInstanceRequestsResponse");
    for (const auto item : root.child("spotInstanceRequestSet").children("item"))
        persistent[item.child_value("spotInstanceRequestId")] =
            std::string_view(item.child_value("type")) == "persistent";
    return persistent;
}

}  // namespace

boost::asio::awaitable<void> tell_spot_apart(Client& client, const Region& region, Page& page) {
    for (const auto& some : chunks(page.spot, values_per_filter)) {
        QueryPairs parameters{{"Filter.1.Name", "spot-instance-request-id"}};
        for (std::size_t i = 0; i < some.size(); ++i)
            parameters.emplace_back("Filter.1.Value." + std::to_string(i + 1), some[i].request);
        auto call = call_for(region, "DescribeSpotInstanceRequests", std::move(parameters));
        auto answer = co_await client.call(std::move(call));
        if (!answer) co_return;
        const auto persistent = parse_requests(std::move(*answer));
        for (const auto& spot : some) {
            const auto found = persistent.find(spot.request);
            if (found == persistent.end()) continue;
            auto& guard = page.instances[spot.index].seen.guard;
            guard = found->second
                        ? spot.otherwise
                        : core::Guard{"It is a one-time spot instance, which can't be stopped, only terminated."};
        }
    }
}

boost::asio::awaitable<bool> is_stop_protected(Client& client, const Region& region, const InstanceId& instance) {
    QueryPairs parameters{{"InstanceId", instance.str()}, {"Attribute", "disableApiStop"}};
    auto call = call_for(region, "DescribeInstanceAttribute", std::move(parameters));
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return false;
    pugi::xml_document document;
    const auto root = parse_xml(document, *answer, "DescribeInstanceAttributeResponse");
    co_return root.child("disableApiStop").child("value").text().as_bool();
}

}  // namespace doze::aws::ec2
