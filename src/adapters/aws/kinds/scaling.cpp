#include "adapters/aws/kinds/scaling.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <string_view>
#include <utility>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::scaling {
namespace {

/// Application Auto Scaling API reference.
constexpr std::size_t targets_per_page = 50;

constexpr std::uint16_t scaling_in = 1;
constexpr std::uint16_t scaling_out = 2;
constexpr std::uint16_t scheduled = 4;

constexpr std::string_view prefix = "service/";

std::string name_of(const core::ResourceId& service) {
    return std::string(prefix) + service.cluster.str() + "/" + service.name;
}

Call call_for(const Region& region, const std::string& operation, const boost::json::object& body) {
    return {.service = "application-autoscaling",
            .region = region,
            .operation = operation,
            .iam_action = "application-autoscaling:" + operation,
            .headers = {{"content-type", "application/x-amz-json-1.1"},
                        {"x-amz-target", "AnyScaleFrontendService." + operation}},
            .body = boost::json::serialize(body)};
}

std::uint16_t suspended_of(const boost::json::object& target) {
    const auto& state = object_at(target, "SuspendedState");
    const auto flag = [&state](std::string_view name, std::uint16_t bit) -> int {
        return flag_at(state, name) ? bit : 0;
    };
    return static_cast<std::uint16_t>(flag("DynamicScalingInSuspended", scaling_in) |
                                      flag("DynamicScalingOutSuspended", scaling_out) |
                                      flag("ScheduledScalingSuspended", scheduled));
}

struct Page {
    Targets targets;
    std::string next_token;
};

std::optional<Page> parse_page(std::string_view body, const Region& region) {
    const auto root = parse_json_object(body);
    const auto* items = root ? find_array(*root, "ScalableTargets") : nullptr;
    if (items == nullptr) return std::nullopt;
    Page page{.next_token = string_at(*root, "NextToken").value_or("")};
    for (const auto& item : *items) {
        const auto* target = item.if_object();
        if (target == nullptr) return std::nullopt;
        const auto name = string_at(*target, "ResourceId");
        const auto min = count_at(*target, "MinCapacity");
        const auto max = count_at(*target, "MaxCapacity");
        if (!name || !min || !max) return std::nullopt;
        const auto slash = name->rfind('/');
        if (!name->starts_with(prefix) || slash < prefix.size()) continue;
        const auto id = core::ecs(region, ClusterName(name->substr(prefix.size(), slash - prefix.size())),
                                  ServiceName(name->substr(slash + 1)));
        page.targets[id] = {.min = *min, .max = *max, .suspended = suspended_of(*target)};
    }
    return page;
}

/// Reads the pages for `some` names, or for all targets, into `all`.
boost::asio::awaitable<Result<void>> read_pages(Client& client, const Region& region,
                                                const std::vector<core::ResourceId>& some, Targets& all,
                                                Bounds& bounds) {
    boost::json::object body{{"ServiceNamespace", "ecs"}, {"ScalableDimension", "ecs:service:DesiredCount"}};
    if (!some.empty()) {
        boost::json::array names;
        for (const auto& id : some) names.emplace_back(name_of(id));
        body["ResourceIds"] = std::move(names);
    }
    PageTokens tokens(bounds);
    do {
        if (!tokens.newest().empty()) body["NextToken"] = tokens.newest();
        auto call = call_for(region, "DescribeScalableTargets", body);
        const auto answer = co_await client.call(std::move(call));
        if (!answer) co_return answer.error();
        auto page = parse_page(*answer, region);
        if (!page || !tokens.take(page->next_token, page->targets.size()))
            co_return not_understood("DescribeScalableTargets", region);
        all.merge(page->targets);
    } while (!tokens.newest().empty());
    co_return Result<void>();
}

}  // namespace

boost::asio::awaitable<Result<Targets>> describe(Client& client, Region region, std::vector<core::ResourceId> only,
                                                 Bounds& bounds) {
    Targets all;
    auto batches = chunks(only, targets_per_page);
    if (batches.empty()) batches.emplace_back();
    for (const auto& some : batches) {
        const auto read = co_await read_pages(client, region, some, all, bounds);
        if (!read && read.error().code == ErrorCode::access_denied) co_return Targets();
        if (!read) co_return read.error();
    }
    co_return all;
}

boost::asio::awaitable<Result<void>> set(Client& client, core::ResourceId service, core::Size bounds) {
    boost::json::object body{{"ServiceNamespace", "ecs"},
                             {"ResourceId", name_of(service)},
                             {"ScalableDimension", "ecs:service:DesiredCount"},
                             {"SuspendedState",
                              {{"DynamicScalingInSuspended", (bounds.suspended & scaling_in) != 0},
                               {"DynamicScalingOutSuspended", (bounds.suspended & scaling_out) != 0},
                               {"ScheduledScalingSuspended", (bounds.suspended & scheduled) != 0}}}};
    if (bounds.min) body["MinCapacity"] = *bounds.min;
    if (bounds.max) body["MaxCapacity"] = *bounds.max;
    auto call = call_for(service.region, "RegisterScalableTarget", body);
    const auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    if (!parse_json_object(*answer)) co_return not_understood("RegisterScalableTarget", service.region);
    co_return Result<void>();
}

Call page_call(const Region& region) {
    return call_for(region, "DescribeScalableTargets", {{"ServiceNamespace", "ecs"}, {"MaxResults", 1}});
}

core::Size asleep(core::Size bounds) {
    bounds.min = 0;
    bounds.suspended = scaling_in | scaling_out | scheduled;
    return bounds;
}

}  // namespace doze::aws::scaling
