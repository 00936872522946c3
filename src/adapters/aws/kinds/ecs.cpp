#include "adapters/aws/kinds/ecs.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/kinds/ecs_answer.hpp"
#include "adapters/aws/kinds/scaling.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::ecs {
namespace {

using Names = std::vector<std::string>;
using Ids = std::vector<core::ResourceId>;

/// Limits in the ECS API reference.
constexpr std::size_t clusters_per_describe = 100;
constexpr int names_per_list = 100;

constexpr std::size_t calls_at_once = 8;

Call call_for(const Region& region, std::string_view operation, const boost::json::object& body) {
    const std::string name(operation);
    return {.service = "ecs",
            .region = region,
            .operation = name,
            .iam_action = "ecs:" + name,
            .headers = {{"content-type", "application/x-amz-json-1.1"},
                        {"x-amz-target", "AmazonEC2ContainerServiceV20141113." + name}},
            .body = boost::json::serialize(body)};
}

boost::json::array array_of(const Names& names) {
    boost::json::array out;
    for (const auto& name : names) out.emplace_back(name);
    return out;
}

Call describe_clusters_call(const Region& region, const Names& clusters) {
    return call_for(region, "DescribeClusters", {{"clusters", array_of(clusters)}});
}

Call describe_services_call(const Region& region, const ClusterName& cluster, const Names& services) {
    return call_for(region, "DescribeServices",
                    {{"cluster", cluster.str()}, {"services", array_of(services)}, {"include", array_of({"TAGS"})}});
}

Call update_call(const Region& region, const core::ResourceId& id, int desired) {
    return call_for(region, "UpdateService",
                    {{"cluster", id.cluster.str()}, {"service", id.name}, {"desiredCount", desired}});
}

/// All names in a paginated list; `member` is the list's name in the answer.
boost::asio::awaitable<Result<Names>> list(Client& client, const Region& region, std::string_view operation,
                                           boost::json::object body, std::string_view member, Bounds& bounds) {
    Names names;
    PageTokens tokens(bounds);
    do {
        if (!tokens.newest().empty()) body["nextToken"] = tokens.newest();
        auto call = call_for(region, operation, body);
        const auto answer = co_await client.call(std::move(call));
        if (!answer) co_return answer.error();
        auto page = parse_names(*answer, member);
        if (!page || !tokens.take(page->next_token, page->names.size())) co_return not_understood(operation, region);
        std::ranges::transform(page->names, std::back_inserter(names), name_of_arn);
    } while (!tokens.newest().empty());
    co_return names;
}

boost::asio::awaitable<Result<Services>> describe_services(Client& client, const Region& region,
                                                           const ClusterName& cluster, const Names& names,
                                                           const core::GuardSettings& guards) {
    auto call = describe_services_call(region, cluster, names);
    const auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    auto services = parse_services(*answer, region, cluster, guards);
    if (!services) co_return not_understood("DescribeServices", region);
    co_return std::move(*services);
}

/// A listing in progress: filled in by several concurrent calls, until one of them fails.
struct Work {
    Client& client;
    Region region;
    core::GuardSettings guards;
    std::vector<core::EcsCluster> clusters;
    std::optional<Error> trouble;
    Bounds bounds = {};

    [[nodiscard]] bool is_over() const { return trouble || bounds.are_over(); }

    /// Services yet to be described, by the index of their cluster.
    std::vector<std::pair<std::size_t, Names>> open;
};

boost::asio::awaitable<void> find_clusters(Work& work) {
    boost::json::object body{{"maxResults", names_per_list}};
    const auto names =
        co_await list(work.client, work.region, "ListClusters", std::move(body), "clusterArns", work.bounds);
    if (!names) {
        work.trouble = names.error();
        co_return;
    }
    auto batches = chunks(*names, clusters_per_describe);
    if (work.bounds.are_over()) batches.resize(std::min(batches.size(), described_of_endless));
    for (const auto& some : batches) {
        auto call = describe_clusters_call(work.region, some);
        const auto answer = co_await work.client.call(std::move(call));
        const auto clusters = answer ? parse_clusters(*answer, work.region) : std::nullopt;
        if (!clusters) {
            work.trouble = answer ? not_understood("DescribeClusters", work.region) : answer.error();
            co_return;
        }
        work.clusters.insert(work.clusters.end(), clusters->begin(), clusters->end());
    }
}

boost::asio::awaitable<void> list_services(Work& work, std::size_t index) {
    if (work.is_over() || work.clusters[index].status == "INACTIVE") co_return;
    boost::json::object body{{"cluster", work.clusters[index].name.str()}, {"maxResults", names_per_list}};
    const auto names =
        co_await list(work.client, work.region, "ListServices", std::move(body), "serviceArns", work.bounds);
    if (names) {
        const auto at_once = core::info(core::Kind::ecs).described_at_once;
        for (auto& some : chunks(*names, at_once)) work.open.emplace_back(index, std::move(some));
    } else if (!is_gone(names.error())) {  // It was deleted since it was listed.
        work.trouble = names.error();
    }
}

boost::asio::awaitable<void> describe_some(Work& work, std::size_t index) {
    if (work.trouble || (work.bounds.are_over() && index >= described_of_endless)) co_return;
    const auto& [at, names] = work.open[index];
    auto services = co_await describe_services(work.client, work.region, work.clusters[at].name, names, work.guards);
    if (services) {
        auto& all = work.clusters[at].services;
        for (auto& service : services->found) all.push_back(std::move(service));
    } else if (!is_gone(services.error())) {
        work.trouble = services.error();
    }
}

/// Adds the bounds of a scalable target to the sizes of its service.
void bound(core::Observation& seen, const scaling::Targets& targets) {
    const auto target = targets.find(seen.id);
    if (target == targets.end()) return;
    seen.size.min = target->second.min;
    seen.size.max = target->second.max;
    seen.size.suspended = target->second.suspended;
}

/// At most ten services of one cluster, the limit of DescribeServices.
using Few = std::vector<core::ResourceId>;

boost::asio::awaitable<void> describe_few(Client& client, const Region& region, const Few& ids,
                                          const core::GuardSettings& guards, const scaling::Targets& targets,
                                          const Seen& each) {
    const auto cluster = ids.front().cluster;
    Names names;
    for (const auto& id : ids) names.push_back(id.name);
    auto services = co_await describe_services(client, region, cluster, names, guards);
    std::map<core::ResourceId, core::Observation> seen;
    if (services) {
        for (const auto& name : services->missing) {
            const auto id = core::ecs(region, cluster, name);
            seen[id] = absent(id);
        }
        for (auto& service : services->found) {
            service.seen.details = {{"pending_count", service.pending_count}};
            seen[service.seen.id] = std::move(service.seen);
        }
    }
    for (const auto& id : ids) {
        if (const auto it = seen.find(id); it != seen.end()) {
            bound(it->second, targets);
            each(id, std::move(it->second));
        } else if (services) {
            each(id, not_understood("DescribeServices", region));
        } else if (is_gone(services.error())) {
            each(id, absent(id));
        } else {
            each(id, services.error());
        }
    }
}

boost::asio::awaitable<Result<void>> set_count(Client& client, core::ResourceId id, int desired) {
    auto call = update_call(id.region, id, desired);
    const auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    const auto root = parse_json_object(*answer);
    if (!root || find_object(*root, "service") == nullptr) co_return not_understood("UpdateService", id.region);
    co_return Result<void>();
}

/// Sets the bounds first: AWS would raise the count to the minimum again.
boost::asio::awaitable<void> put_down(Client& client, core::Target target, const CallReturned& each) {
    if (target.size.min) {
        const auto opened = co_await scaling::set(client, target.id, scaling::asleep(target.size));
        if (!opened) {
            each(target.id, opened.error());
            co_return;
        }
    }
    each(target.id, co_await set_count(client, target.id, 0));
}

/// Sets the bounds last, when the count is within them again.
boost::asio::awaitable<void> bring_back(Client& client, core::Target target, const CallReturned& each) {
    Result<void> done;
    if (!target.desired_stays) done = co_await set_count(client, target.id, target.size.desired);
    if (done && (target.size.min || target.desired_stays)) done = co_await scaling::set(client, target.id, target.size);
    each(target.id, done);
}

boost::asio::awaitable<Result<core::Listing>> list(Client& client, Region region, core::GuardSettings guards) {
    Work work{.client = client, .region = std::move(region), .guards = std::move(guards)};
    co_await find_clusters(work);
    co_await at_once(calls_at_once, work.clusters.size(), [&work](std::size_t i) { return list_services(work, i); });
    co_await at_once(calls_at_once, work.open.size(), [&work](std::size_t i) { return describe_some(work, i); });
    if (work.trouble) co_return *work.trouble;
    if (!work.open.empty()) {
        const std::vector<core::ResourceId> every;
        const auto targets = co_await scaling::describe(client, work.region, every, work.bounds);
        if (!targets) co_return targets.error();
        for (auto& cluster : work.clusters)
            for (auto& service : cluster.services) bound(service.seen, *targets);
    }
    for (auto& cluster : work.clusters)
        std::ranges::sort(cluster.services, {}, [](const core::EcsService& service) { return service.seen.id; });
    core::Listing listing(std::move(work.clusters));
    if (work.bounds.are_over()) listing.incomplete = work.bounds.error("the clusters and their services", work.region);
    co_return listing;
}

boost::asio::awaitable<void> describe(Client& client, Region region, std::vector<core::ResourceId> ids,
                                      DescribeOptions options, Seen each) {
    Bounds bounds;
    auto targets = co_await scaling::describe(client, region, ids, bounds);
    if (bounds.are_over()) targets = bounds.error("DescribeScalableTargets", region);
    if (!targets) {
        // Without the bounds the size would be wrong.
        for (const auto& id : ids) each(id, targets.error());
        co_return;
    }
    std::map<ClusterName, Few> by_cluster;
    for (auto& id : ids) by_cluster[id.cluster].push_back(std::move(id));
    std::vector<Few> batches;
    for (const auto& [cluster, all] : by_cluster) {
        for (auto& few : described_together(all)) batches.push_back(std::move(few));
    }
    co_await at_once(calls_at_once, batches.size(), [&](std::size_t i) {
        return describe_few(client, region, batches[i], options.guards, *targets, each);
    });
}

boost::asio::awaitable<void> sleep(Client& client, Region /*region*/, std::vector<core::Target> targets,
                                   CallReturned each) {
    co_await at_once(calls_at_once, targets.size(), [&](std::size_t i) { return put_down(client, targets[i], each); });
}

boost::asio::awaitable<void> wake(Client& client, Region /*region*/, std::vector<core::Target> targets,
                                  CallReturned each) {
    co_await at_once(calls_at_once, targets.size(),
                     [&](std::size_t i) { return bring_back(client, targets[i], each); });
}

LoadMetric load(const core::ResourceId& id) {
    return {"AWS/ECS", {{"ClusterName", id.cluster.str()}, {"ServiceName", id.name}}};
}

// The calls that test each permission.

Call a_cluster(const Ids& ids) {
    return call_for(ids.front().region, "ListClusters", {{"maxResults", 1}});
}
Call cluster_of_first(const Ids& ids) {
    return describe_clusters_call(ids.front().region, {ids.front().cluster.str()});
}
Call a_service(const Ids& ids) {
    return call_for(ids.front().region, "ListServices", {{"cluster", ids.front().cluster.str()}, {"maxResults", 1}});
}
Call first_service(const Ids& ids) {
    return describe_services_call(ids.front().region, ids.front().cluster, {ids.front().name});
}
Call a_scalable_target(const Ids& ids) {
    return scaling::page_call(ids.front().region);
}

constexpr Permission permissions[] = {
    {"ecs:ListClusters", Permission::Use::list, "", "", a_cluster},
    {"ecs:DescribeClusters", Permission::Use::list, "", "", cluster_of_first},
    {"ecs:ListServices", Permission::Use::list, "", "", a_service},
    {"ecs:DescribeServices", Permission::Use::list, "", "", first_service},
    {"ecs:UpdateService", Permission::Use::sleep, "service/{cluster}/{name}"},
    {"ecs:UpdateService", Permission::Use::wake, "service/{cluster}/{name}"},
    {"application-autoscaling:DescribeScalableTargets", Permission::Use::extra, "",
     "Without it doze does not see that a service is scaled automatically, and AWS may start its tasks again.",
     a_scalable_target},
    {"application-autoscaling:RegisterScalableTarget", Permission::Use::extra, "scalable-target/*",
     "To hold the automatic scaling of a service while it sleeps."},
    cloudwatch::permission<load>,
};

}  // namespace

const Service service{.kind = core::Kind::ecs,
                      .name = "ecs",
                      .list = list,
                      .describe = describe,
                      .sleep = sleep,
                      .wake = wake,
                      .load = load,
                      .permissions = permissions};

}  // namespace doze::aws::ecs
