#include "adapters/aws/kinds/eks.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::eks {

namespace {

std::vector<core::Tag> tags_of(const boost::json::object& nodegroup) {
    std::vector<core::Tag> tags;
    const auto* members = find_object(nodegroup, "tags");
    if (members == nullptr) return tags;
    for (const auto& [key, value] : *members) {
        if (value.is_string()) tags.push_back({.key = std::string(key), .value = std::string(value.get_string())});
    }
    return tags;
}

core::Phase phase_of(std::string_view status, int desired) {
    if (status == "ACTIVE" || status == "DEGRADED") return desired > 0 ? core::Phase::awake : core::Phase::asleep;
    if (status == "DELETING") return core::Phase::gone;
    // CREATING and UPDATING end by themselves; CREATE_FAILED and DELETE_FAILED do not, but the group exists.
    return core::Phase::changing;
}

}  // namespace

std::optional<core::EksCluster> parse_cluster(std::string_view body, const Region& region) {
    const auto root = parse_json_object(body);
    const auto* from = root ? find_object(*root, "cluster") : nullptr;
    const auto name = from != nullptr ? string_at(*from, "name") : std::nullopt;
    if (!name) return std::nullopt;
    return core::EksCluster{.region = region,
                            .name = ClusterName(*name),
                            .status = string_at(*from, "status").value_or(""),
                            .version = string_at(*from, "version"),
                            .endpoint = string_at(*from, "endpoint"),
                            .created_at = time_at(*from, "createdAt")};
}

std::optional<core::EksNodegroup> parse_nodegroup(std::string_view body, const core::ResourceId& id,
                                                  const core::GuardSettings& guards) {
    const auto root = parse_json_object(body);
    const auto* from = root ? find_object(*root, "nodegroup") : nullptr;
    const auto* scaling = from != nullptr ? find_object(*from, "scalingConfig") : nullptr;
    if (scaling == nullptr) return std::nullopt;
    const auto status = string_at(*from, "status");
    const auto min = count_at(*scaling, "minSize");
    const auto desired = count_at(*scaling, "desiredSize");
    const auto max = count_at(*scaling, "maxSize");
    if (!status || !min || !desired || !max) return std::nullopt;

    const auto types = strings_at(*from, "instanceTypes");
    const auto phase = phase_of(*status, *desired);
    const bool stuck = status->ends_with("_FAILED");
    return core::EksNodegroup{
        .seen = {.id = id,
                 .phase = phase,
                 .settled = phase != core::Phase::changing,
                 .size = {.desired = *desired, .min = min, .max = max},
                 .state = *status,
                 .guard = core::guard_by_tags(tags_of(*from), guards),
                 .stuck = stuck,
                 .advice = stuck ? "See the group's health issues in the EKS console; what could not "
                                   "be created must be deleted and made anew."
                                 : "",
                 .created_at = time_at(*from, "createdAt")},
        .status = *status,
        .instance_type = types && !types->empty() ? std::optional(types->front()) : std::nullopt};
}

bool is_update(std::string_view body) {
    const auto root = parse_json_object(body);
    return root && find_object(*root, "update") != nullptr;
}

namespace {

using Names = std::vector<std::string>;
using Path = std::vector<std::string>;
using Ids = std::vector<core::ResourceId>;

constexpr std::size_t calls_at_once = 8;

Path path_of(const core::ResourceId& id) {
    return {"clusters", id.cluster.str(), "node-groups", id.name};
}

Call get_call(const Region& region, std::string_view operation, Path path) {
    return {.service = "eks",
            .region = region,
            .operation = std::string(operation),
            .iam_action = fmt::format("eks:{}", operation),
            .method = "GET",
            .path = std::move(path)};
}

/// Sizes missing in `size` stay unchanged.
Call update_call(const Region& region, const core::ResourceId& id, const core::Size& size, bool desired_stays) {
    auto path = path_of(id);
    path.emplace_back("update-config");
    boost::json::object scaling;
    if (size.min) scaling["minSize"] = *size.min;
    if (!desired_stays) scaling["desiredSize"] = size.desired;
    if (size.max) scaling["maxSize"] = *size.max;
    // A retry sends the same token, so AWS applies the update only once.
    const boost::json::object body{{"clientRequestToken", boost::uuids::to_string(boost::uuids::random_generator()())},
                                   {"scalingConfig", std::move(scaling)}};
    return {.service = "eks",
            .region = region,
            .operation = "UpdateNodegroupConfig",
            .iam_action = "eks:UpdateNodegroupConfig",
            .path = std::move(path),
            .headers = {{"content-type", "application/json"}},
            .body = boost::json::serialize(body)};
}

/// All names in a paginated list; `member` is the list's name in the answer.
boost::asio::awaitable<Result<Names>> list(Client& client, const Region& region, std::string_view operation, Path path,
                                           std::string_view member, Bounds& bounds) {
    Names names;
    PageTokens tokens(bounds);
    do {
        auto call = get_call(region, operation, path);
        call.query = {{"maxResults", "100"}};
        if (!tokens.newest().empty()) call.query.emplace_back("nextToken", tokens.newest());
        const auto answer = co_await client.call(std::move(call));
        if (!answer) co_return answer.error();
        auto page = parse_names(*answer, member);
        if (!page || !tokens.take(page->next_token, page->names.size())) co_return not_understood(operation, region);
        names.insert(names.end(), page->names.begin(), page->names.end());
    } while (!tokens.newest().empty());
    co_return names;
}

boost::asio::awaitable<Result<core::EksNodegroup>> describe_nodegroup(Client& client, const core::ResourceId& id,
                                                                      const core::GuardSettings& guards) {
    auto call = get_call(id.region, "DescribeNodegroup", path_of(id));
    const auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    auto nodegroup = parse_nodegroup(*answer, id, guards);
    if (!nodegroup) co_return not_understood("DescribeNodegroup", id.region);
    co_return std::move(*nodegroup);
}

/// A listing in progress: filled in by several concurrent calls, until one of them fails.
struct Work {
    Client& client;
    Region region;
    core::GuardSettings guards;
    std::vector<std::optional<core::EksCluster>> clusters;  ///< Empty if the cluster was deleted since it was listed.
    std::optional<Error> trouble;
    Bounds bounds = {};

    /// Node groups yet to be described, by the index of their cluster.
    std::vector<std::pair<std::size_t, core::ResourceId>> open;
};

boost::asio::awaitable<void> describe_cluster(Work& work, std::size_t index, std::string name) {
    if (work.trouble || (work.bounds.are_over() && index >= described_of_endless)) co_return;
    Path path{"clusters", name};
    auto call = get_call(work.region, "DescribeCluster", path);
    const auto answer = co_await work.client.call(std::move(call));
    if (!answer) {
        if (!is_gone(answer.error())) work.trouble = answer.error();
        co_return;
    }
    work.clusters[index] = parse_cluster(*answer, work.region);
    if (!work.clusters[index]) {
        work.trouble = not_understood("DescribeCluster", work.region);
        co_return;
    }
    if (work.bounds.are_over()) co_return;
    path.emplace_back("node-groups");
    const auto names =
        co_await list(work.client, work.region, "ListNodegroups", std::move(path), "nodegroups", work.bounds);
    if (!names) {
        if (!is_gone(names.error())) work.trouble = names.error();
        co_return;
    }
    for (const auto& one : *names)
        work.open.emplace_back(index, core::eks(work.region, ClusterName(name), NodegroupName(one)));
}

boost::asio::awaitable<void> describe_one(Work& work, std::size_t index) {
    if (work.trouble || (work.bounds.are_over() && index >= described_of_endless)) co_return;
    const auto& [at, id] = work.open[index];
    auto nodegroup = co_await describe_nodegroup(work.client, id, work.guards);
    if (nodegroup) {
        work.clusters[at]->nodegroups.push_back(std::move(*nodegroup));
    } else if (!is_gone(nodegroup.error())) {
        work.trouble = nodegroup.error();
    }
}

boost::asio::awaitable<void> describe_one(Client& client, const core::ResourceId& id, const core::GuardSettings& guards,
                                          const Seen& each) {
    auto nodegroup = co_await describe_nodegroup(client, id, guards);
    if (nodegroup) {
        nodegroup->seen.details = {{"instance_type", {}}};
        if (nodegroup->instance_type) nodegroup->seen.details.front().value = *nodegroup->instance_type;
        each(id, std::move(nodegroup->seen));
    } else {
        each(id, is_gone(nodegroup.error()) ? Result<core::Observation>(absent(id)) : nodegroup.error());
    }
}

Error outside(const core::ResourceId& id, int desired, int min, int max) {
    return {.code = ErrorCode::bad_request,
            .message = fmt::format("The node group {}/{} cannot have {} nodes: its minimum is {} and its maximum {}.",
                                   id.cluster.str(), id.name, desired, min, max),
            .next_step = fmt::format("Choose a size from {} to {}, or change the limits at AWS.", min, max)};
}

/// Fills in sizes missing in `wanted` with the group's own. A complete size is sent as it is: it was taken from the
/// group.
boost::asio::awaitable<Result<core::Size>> completed(Client& client, const core::ResourceId& id, core::Size wanted) {
    if (wanted.min && wanted.max) co_return wanted;
    const core::GuardSettings no_guards{.production_tags = {}};
    const auto own = co_await describe_nodegroup(client, id, no_guards);
    if (!own) co_return own.error();
    if (!wanted.min) wanted.min = own->seen.size.min;
    if (!wanted.max) wanted.max = own->seen.size.max;
    if (wanted.desired < *wanted.min || wanted.desired > *wanted.max)
        co_return outside(id, wanted.desired, *wanted.min, *wanted.max);
    co_return wanted;
}

boost::asio::awaitable<void> resize(Client& client, core::ResourceId id, core::Size wanted, bool desired_stays,
                                    const CallReturned& each) {
    auto size = Result<core::Size>(wanted);
    if (!desired_stays) size = co_await completed(client, id, wanted);
    if (!size) {
        each(id, size.error());
        co_return;
    }
    auto call = update_call(id.region, id, *size, desired_stays);
    const auto answer = co_await client.call(std::move(call));
    if (!answer) {
        each(id, answer.error());
        co_return;
    }
    each(id, is_update(*answer) ? Result<void>() : not_understood("UpdateNodegroupConfig", id.region));
}

boost::asio::awaitable<Result<core::Listing>> list(Client& client, Region region, core::GuardSettings guards) {
    Path path{"clusters"};
    Work work{.client = client, .region = std::move(region), .guards = std::move(guards)};
    const auto names = co_await list(client, work.region, "ListClusters", std::move(path), "clusters", work.bounds);
    if (!names) co_return names.error();
    work.clusters.resize(names->size());
    co_await at_once(calls_at_once, names->size(),
                     [&](std::size_t i) { return describe_cluster(work, i, (*names)[i]); });
    co_await at_once(calls_at_once, work.open.size(), [&work](std::size_t i) { return describe_one(work, i); });
    if (work.trouble) co_return *work.trouble;
    std::vector<core::EksCluster> clusters;
    for (auto& cluster : work.clusters) {
        if (!cluster) continue;
        std::ranges::sort(cluster->nodegroups, {}, [](const core::EksNodegroup& group) { return group.seen.id; });
        clusters.push_back(std::move(*cluster));
    }
    core::Listing listing(std::move(clusters));
    if (work.bounds.are_over())
        listing.incomplete = work.bounds.error("the clusters and their node groups", work.region);
    co_return listing;
}

boost::asio::awaitable<void> describe(Client& client, Region /*region*/, std::vector<core::ResourceId> ids,
                                      DescribeOptions options, Seen each) {
    co_await at_once(calls_at_once, ids.size(),
                     [&](std::size_t i) { return describe_one(client, ids[i], options.guards, each); });
}

boost::asio::awaitable<void> sleep(Client& client, Region /*region*/, std::vector<core::Target> targets,
                                   CallReturned each) {
    co_await at_once(calls_at_once, targets.size(), [&](std::size_t i) {
        return resize(client, targets[i].id, {.desired = 0, .min = 0, .max = targets[i].size.max}, false, each);
    });
}

boost::asio::awaitable<void> wake(Client& client, Region /*region*/, std::vector<core::Target> targets,
                                  CallReturned each) {
    co_await at_once(calls_at_once, targets.size(), [&](std::size_t i) {
        return resize(client, targets[i].id, targets[i].size, targets[i].desired_stays, each);
    });
}

// The calls that test each permission.

Call a_page(const Ids& ids, std::string_view operation, Path path) {
    auto call = get_call(ids.front().region, operation, std::move(path));
    call.query = {{"maxResults", "1"}};
    return call;
}
Call a_cluster(const Ids& ids) {
    return a_page(ids, "ListClusters", {"clusters"});
}
Call cluster_of_first(const Ids& ids) {
    return get_call(ids.front().region, "DescribeCluster", {"clusters", ids.front().cluster.str()});
}
Call a_nodegroup(const Ids& ids) {
    return a_page(ids, "ListNodegroups", {"clusters", ids.front().cluster.str(), "node-groups"});
}
Call first_nodegroup(const Ids& ids) {
    return get_call(ids.front().region, "DescribeNodegroup", path_of(ids.front()));
}

constexpr Permission permissions[] = {
    {"eks:ListClusters", Permission::Use::list, "", "", a_cluster},
    {"eks:DescribeCluster", Permission::Use::list, "", "", cluster_of_first},
    {"eks:ListNodegroups", Permission::Use::list, "", "", a_nodegroup},
    {"eks:DescribeNodegroup", Permission::Use::list, "", "", first_nodegroup},
    {"eks:UpdateNodegroupConfig", Permission::Use::sleep, "nodegroup/{cluster}/{name}/*"},
    {"eks:UpdateNodegroupConfig", Permission::Use::wake, "nodegroup/{cluster}/{name}/*"},
};

}  // namespace

const Service service{.kind = core::Kind::eks,
                      .name = "eks",
                      .list = list,
                      .describe = describe,
                      .sleep = sleep,
                      .wake = wake,
                      .permissions = permissions};

}  // namespace doze::aws::eks
