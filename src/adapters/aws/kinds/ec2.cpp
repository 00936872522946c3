#include "adapters/aws/kinds/ec2.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/client/errors.hpp"
#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/kinds/ec2_answer.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::ec2 {
namespace {

using Ids = std::vector<core::ResourceId>;

/// The API models state no limit for start and stop. A start costs one token per call, of a bucket of 5 that refills by
/// 2 a second, and one per instance of a bucket of 1,000, so batches pay; a bad id costs its batch about 2 log2(n)
/// calls.
constexpr std::size_t ids_per_change = 50;

/// Low because of the StartInstances bucket.
constexpr std::size_t changes_at_once = 2;
constexpr std::size_t describes_at_once = 4;

/// Describes `only` these, or all if it is empty. Uses a filter instead of InstanceId.N, with which one unknown id
/// fails the whole call and pages are not supported.
Call describe_call(const Region& region, const Ids& only, const std::string& token) {
    QueryPairs parameters{{"MaxResults", "1000"}};
    if (!only.empty()) parameters.emplace_back("Filter.1.Name", "instance-id");
    for (std::size_t i = 0; i < only.size(); ++i)
        parameters.emplace_back("Filter.1.Value." + std::to_string(i + 1), only[i].name);
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    return call_for(region, "DescribeInstances", std::move(parameters));
}

Call change_call(const Region& region, const std::string& operation, const Ids& ids, bool hibernate) {
    QueryPairs parameters;
    if (hibernate) parameters.emplace_back("Hibernate", "true");
    for (std::size_t i = 0; i < ids.size(); ++i)
        parameters.emplace_back("InstanceId." + std::to_string(i + 1), ids[i].name);
    return call_for(region, operation, std::move(parameters));
}

/// Calls `on_page` with each page. Stops at the first error.
template <class OnPage>
boost::asio::awaitable<Result<void>> describe(Client& client, const Region& region, const Ids& only,
                                              const core::GuardSettings& guards, OnPage& on_page, Bounds& bounds) {
    PageTokens tokens(bounds);
    do {
        auto call = describe_call(region, only, tokens.newest());
        auto answer = co_await client.call(std::move(call));
        if (!answer) co_return answer.error();
        auto page = parse_instances(std::move(*answer), region, guards);
        if (!page) co_return page.error();
        if (!tokens.take(page->next_token, page->instances.size()))
            co_return not_understood("DescribeInstances", region);
        co_await tell_spot_apart(client, region, *page);
        on_page(std::move(page->instances));
    } while (!tokens.newest().empty());
    co_return Result<void>();
}

boost::asio::awaitable<void> guard_by_protection(Client& client, const Region& region, core::Observation& seen) {
    if (seen.guard && !seen.guard->by_tag) co_return;
    const InstanceId instance(seen.id.name);
    const bool is_protected = co_await is_stop_protected(client, region, instance);
    if (is_protected) seen.guard = core::Guard{"Its stop protection is on."};
}

boost::asio::awaitable<void> describe_few(Client& client, const Region& region, const Ids& ids,
                                          const DescribeOptions& options, const Seen& each) {
    std::set<core::ResourceId> open(ids.begin(), ids.end());
    std::vector<core::Observation> found;
    const auto take = [&open, &found](std::vector<core::Ec2Instance> instances) {
        for (auto& instance : instances) {
            if (open.erase(instance.seen.id) == 0) continue;
            auto details = core::details_of(instance);
            found.push_back(std::move(instance.seen));
            found.back().details = std::move(details);
        }
    };
    Bounds bounds;
    auto done = co_await describe(client, region, ids, options.guards, take, bounds);
    if (bounds.are_over()) done = bounds.error("DescribeInstances", region);
    if (options.depth == core::Depth::guards) {
        const auto check_protection = [&](std::size_t i) { return guard_by_protection(client, region, found[i]); };
        co_await at_once(describes_at_once, found.size(), check_protection);
    }
    for (auto& seen : found) {
        const auto id = seen.id;
        each(id, std::move(seen));
    }
    for (const auto& id : open) each(id, done ? Result<core::Observation>(absent(id)) : done.error());
}

struct Change {
    Client& client;
    Region region;
    std::string operation;
    CallReturned each;
    bool hibernate = false;

    /// Set once AWS had no capacity for a single instance: then there is none for the rest of the batch, which is of
    /// the same pool.
    std::optional<Error> no_room = std::nullopt;
};

/// Whether a smaller batch may succeed: AWS itself refused this one because of its contents.
bool may_help_to_halve(const Error& error) {
    return !error.aws_code.empty() && error.recovery != Recovery::retry && error.code != ErrorCode::no_credentials;
}

/// The instances that AWS names in its refusal, then the rest; two halves if it names none or all.
std::pair<Ids, Ids> split(const Ids& ids, const Error& error) {
    std::pair<Ids, Ids> parts;
    const auto named = named_instances(error);
    for (const auto& id : ids)
        (std::ranges::find(named, id.name) != named.end() ? parts.first : parts.second).push_back(id);
    if (!parts.first.empty() && !parts.second.empty()) return parts;
    const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
    return {Ids(ids.begin(), middle), Ids(middle, ids.end())};
}

void report(const Change& what, const Ids& ids, const Result<void>& result) {
    for (const auto& id : ids) what.each(id, result);
}

boost::asio::awaitable<void> change(Change& what, Ids ids) {
    if (what.no_room) {
        report(what, ids, *what.no_room);
        co_return;
    }
    auto call = change_call(what.region, what.operation, ids, what.hibernate);
    auto answer = co_await what.client.call(std::move(call));
    if (answer) {
        const auto changed = parse_changes(std::move(*answer), what.operation);
        const Error unclear = not_understood(what.operation, what.region);
        for (const auto& id : ids) {
            const bool listed = changed && changed->contains(InstanceId(id.name));
            what.each(id, listed ? Result<void>() : unclear);
        }
    } else if (ids.size() > 1 && may_help_to_halve(answer.error())) {
        auto [first, second] = split(ids, answer.error());
        co_await change(what, std::move(first));
        co_await change(what, std::move(second));
    } else {
        if (answer.error().recovery == Recovery::capacity) what.no_room = answer.error();
        report(what, ids, answer.error());
    }
}

boost::asio::awaitable<void> change_all(std::vector<Change> changes, std::vector<Ids> batches) {
    co_await at_once(changes_at_once, batches.size(),
                     [&changes, &batches](std::size_t i) { return change(changes[i], std::move(batches[i])); });
}

boost::asio::awaitable<Result<core::Listing>> list(Client& client, Region region, core::GuardSettings guards) {
    std::vector<core::Ec2Instance> all;
    const auto append = [&all](std::vector<core::Ec2Instance> instances) {
        all.insert(all.end(), std::make_move_iterator(instances.begin()), std::make_move_iterator(instances.end()));
    };
    const Ids everything;
    Bounds bounds;
    const auto done = co_await describe(client, region, everything, guards, append, bounds);
    if (!done) co_return done.error();
    core::Listing listing(std::move(all));
    if (bounds.are_over()) listing.incomplete = bounds.error("DescribeInstances", region);
    co_return listing;
}

boost::asio::awaitable<void> describe(Client& client, Region region, std::vector<core::ResourceId> ids,
                                      DescribeOptions options, Seen each) {
    const auto batches = described_together(ids);
    co_await at_once(describes_at_once, batches.size(),
                     [&](std::size_t i) { return describe_few(client, region, batches[i], options, each); });
}

boost::asio::awaitable<void> sleep(Client& client, Region region, std::vector<core::Target> targets,
                                   CallReturned each) {
    std::vector<Change> changes;
    std::vector<Ids> batches;
    for (const bool hibernate : {false, true}) {
        Ids ids;
        for (const auto& target : targets)
            if (target.hibernate == hibernate) ids.push_back(target.id);
        for (auto& batch : chunks(ids, ids_per_change)) {
            changes.push_back({client, region, "StopInstances", each, hibernate});
            batches.push_back(std::move(batch));
        }
    }
    co_await change_all(std::move(changes), std::move(batches));
}

boost::asio::awaitable<void> wake(Client& client, Region region, std::vector<core::Target> targets, CallReturned each) {
    std::map<std::string, Ids> pools;
    for (const auto& target : targets) pools[target.pool].push_back(target.id);
    std::vector<Change> changes;
    std::vector<Ids> batches;
    for (const auto& [pool, ids] : pools) {
        for (auto& batch : chunks(ids, ids_per_change)) {
            changes.push_back({client, region, "StartInstances", each});
            batches.push_back(std::move(batch));
        }
    }
    co_await change_all(std::move(changes), std::move(batches));
}

LoadMetric load(const core::ResourceId& id) {
    return {"AWS/EC2", {{"InstanceId", id.name}}};
}

// The calls that test each permission.

Call small_page(const Ids& ids) {
    return call_for(ids.front().region, "DescribeInstances", {{"MaxResults", "5"}});
}
Call dry_run(const std::string& operation, const Ids& ids) {
    QueryPairs parameters{{"DryRun", "true"}};
    for (std::size_t i = 0; i < std::min(ids.size(), ids_per_change); ++i)
        parameters.emplace_back("InstanceId." + std::to_string(i + 1), ids[i].name);
    return call_for(ids.front().region, operation, std::move(parameters));
}
Call dry_stop(const Ids& ids) {
    return dry_run("StopInstances", ids);
}
Call dry_start(const Ids& ids) {
    return dry_run("StartInstances", ids);
}
Call attribute_of_first(const Ids& ids) {
    return call_for(ids.front().region, "DescribeInstanceAttribute",
                    {{"InstanceId", ids.front().name}, {"Attribute", "disableApiStop"}});
}
Call page_of_spot_requests(const Ids& ids) {
    return call_for(ids.front().region, "DescribeSpotInstanceRequests", {{"MaxResults", "5"}});
}
Call all_regions(const Ids& ids) {
    return call_for(ids.front().region, "DescribeRegions", {});
}

constexpr Permission permissions[] = {
    {"ec2:DescribeInstances", Permission::Use::list, "", "", small_page},
    {"ec2:StopInstances", Permission::Use::sleep, "instance/{name}", "", dry_stop},
    {"ec2:StartInstances", Permission::Use::wake, "instance/{name}", "", dry_start},
    {"ec2:DescribeInstanceAttribute", Permission::Use::extra, "instance/{name}",
     "To see stop protection at the registration, not only at the stop.", attribute_of_first},
    {"ec2:DescribeSpotInstanceRequests", Permission::Use::extra, "",
     "To tell spot instances that can be stopped from those that can't.", page_of_spot_requests},
    {"ec2:DescribeRegions", Permission::Use::extra, "", "For aws.regions: [\"all\"].", all_regions},
    cloudwatch::permission<load>,
};

}  // namespace

boost::asio::awaitable<Result<std::vector<Region>>> regions(Client& client, Region region) {
    auto call = call_for(region, "DescribeRegions", {});  // Without AllRegions: enabled ones only.
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    pugi::xml_document document;
    const auto root = parse_xml(document, *answer, "DescribeRegionsResponse");
    std::vector<Region> all;
    for (const auto item : root.child("regionInfo").children("item")) {
        auto name = parse_region(item.child_value("regionName"));
        if (name) all.push_back(std::move(*name));
    }
    if (all.empty()) co_return not_understood("DescribeRegions", region);
    std::ranges::sort(all);
    co_return all;
}

const Service service{.kind = core::Kind::ec2,
                      .name = "ec2",
                      .list = list,
                      .describe = describe,
                      .sleep = sleep,
                      .wake = wake,
                      .load = load,
                      .permissions = permissions};

}  // namespace doze::aws::ec2
