#include "cloud/aws/ec2.hpp"

#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "cloud/aws/answer.hpp"
#include "cloud/aws/at_once.hpp"
#include "cloud/aws/ec2_answer.hpp"
#include "cloud/aws/query.hpp"

namespace doze::cloud::aws::ec2 {
namespace {

using Ids = std::vector<core::ResourceId>;

/// Most values of one filter (EC2 API reference, "Filtering your resources").
constexpr std::size_t ids_per_look = 200;

/// The models state no limit for Start and Stop. A start costs one token of a bucket of 5 that refills by 2 a second
/// for the call, and one of 1,000 for each instance, so batches pay; a bad id costs its batch about 2 log2(n) calls.
constexpr std::size_t ids_per_change = 50;

/// Kept low for the StartInstances bucket.
constexpr std::size_t changes_at_once = 2;
constexpr std::size_t looks_at_once = 4;

Call call_for(const Region& region, const std::string& operation, QueryPairs parameters) {
    return query_call("ec2", region, operation, "2016-11-15", std::move(parameters));
}

/// Only these, or all where `only` is empty. A filter instead of InstanceId.N: one unknown id there fails the whole
/// call, and pages can't be had.
Call describe_call(const Region& region, const Ids& only, const std::string& token) {
    QueryPairs parameters{{"MaxResults", "1000"}};
    if (!only.empty()) parameters.emplace_back("Filter.1.Name", "instance-id");
    for (std::size_t i = 0; i < only.size(); ++i)
        parameters.emplace_back("Filter.1.Value." + std::to_string(i + 1), only[i].name);
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    return call_for(region, "DescribeInstances", std::move(parameters));
}

Call change_call(const Region& region, const std::string& operation, const Ids& ids) {
    QueryPairs parameters;
    for (std::size_t i = 0; i < ids.size(); ++i)
        parameters.emplace_back("InstanceId." + std::to_string(i + 1), ids[i].name);
    return call_for(region, operation, std::move(parameters));
}

/// Hands out each page as it comes. Ends with the first error.
template <class OnPage>
boost::asio::awaitable<Result<void>> describe(Client& client, const Region& region, const Ids& only,
                                              const core::GuardSettings& guards, OnPage& on_page) {
    PageTokens tokens;
    do {
        auto call = describe_call(region, only, tokens.newest());
        auto answer = co_await client.call(std::move(call));
        if (!answer) co_return answer.error();
        auto page = parse_instances(std::move(*answer), region, guards);
        if (!page) co_return page.error();
        if (!tokens.take(page->next_token)) co_return not_understood("DescribeInstances", region);
        on_page(std::move(page->instances));
    } while (!tokens.newest().empty());
    co_return Result<void>();
}

boost::asio::awaitable<void> look_at_few(Client& client, const Region& region, const Ids& ids,
                                         const core::GuardSettings& guards, const Seen& each) {
    std::set<core::ResourceId> open(ids.begin(), ids.end());
    const auto report = [&open, &each](std::vector<core::Ec2Instance> instances) {
        for (auto& instance : instances) {
            const auto id = instance.seen.id;
            if (open.erase(id) > 0) each(id, std::move(instance.seen));
        }
    };
    const auto done = co_await describe(client, region, ids, guards, report);
    for (const auto& id : open) each(id, done ? Result<core::Observation>(absent(id)) : done.error());
}

struct Change {
    Client& client;
    Region region;
    std::string operation;
    Acted each;
};

/// Whether a smaller batch may fare better: AWS itself refused this one, and for what is in it.
bool may_help_to_halve(const Error& error) {
    return !error.aws_code.empty() && error.recovery != Recovery::retry && error.code != ErrorCode::no_credentials;
}

boost::asio::awaitable<void> change(const Change& what, Ids ids) {
    auto call = change_call(what.region, what.operation, ids);
    auto answer = co_await what.client.call(std::move(call));
    if (answer) {
        const auto changed = parse_changes(std::move(*answer), what.operation);
        const Error unclear = not_understood(what.operation, what.region);
        for (const auto& id : ids) {
            const bool listed = changed && changed->contains(InstanceId(id.name));
            what.each(id, listed ? Result<void>() : unclear);
        }
    } else if (ids.size() > 1 && may_help_to_halve(answer.error())) {
        const auto middle = ids.begin() + static_cast<std::ptrdiff_t>(ids.size() / 2);
        Ids first(ids.begin(), middle);
        Ids second(middle, ids.end());
        co_await change(what, std::move(first));
        co_await change(what, std::move(second));
    } else {
        for (const auto& id : ids) what.each(id, answer.error());
    }
}

boost::asio::awaitable<void> change_all(Change what, std::vector<Ids> batches) {
    co_await at_once(changes_at_once, batches.size(),
                     [&what, &batches](std::size_t i) { return change(what, std::move(batches[i])); });
}

boost::asio::awaitable<Result<core::Survey>> survey(Client& client, Region region, core::GuardSettings guards) {
    std::vector<core::Ec2Instance> all;
    const auto append = [&all](std::vector<core::Ec2Instance> instances) {
        all.insert(all.end(), std::make_move_iterator(instances.begin()), std::make_move_iterator(instances.end()));
    };
    const Ids everything;
    const auto done = co_await describe(client, region, everything, guards, append);
    if (!done) co_return done.error();
    co_return core::Survey(std::move(all));
}

boost::asio::awaitable<void> look(Client& client, Region region, std::vector<core::ResourceId> ids, LookOptions options,
                                  Seen each) {
    const auto batches = chunks(ids, ids_per_look);
    co_await at_once(looks_at_once, batches.size(),
                     [&](std::size_t i) { return look_at_few(client, region, batches[i], options.guards, each); });
}

boost::asio::awaitable<void> sleep(Client& client, Region region, std::vector<core::Target> targets, Acted each) {
    Ids ids;
    for (const auto& target : targets) ids.push_back(target.id);
    Change what{client, std::move(region), "StopInstances", std::move(each)};
    auto batches = chunks(ids, ids_per_change);
    co_await change_all(std::move(what), std::move(batches));
}

boost::asio::awaitable<void> wake(Client& client, Region region, std::vector<core::Target> targets, Acted each) {
    std::map<std::string, Ids> pools;
    for (const auto& target : targets) pools[target.pool].push_back(target.id);
    std::vector<Ids> batches;
    for (const auto& [pool, ids] : pools) {
        for (auto& batch : chunks(ids, ids_per_change)) batches.push_back(std::move(batch));
    }
    Change what{client, std::move(region), "StartInstances", std::move(each)};
    co_await change_all(std::move(what), std::move(batches));
}

constexpr Permission permissions[] = {
    {"ec2:DescribeInstances", Permission::Use::list},
    {"ec2:StopInstances", Permission::Use::sleep, "instance/{name}"},
    {"ec2:StartInstances", Permission::Use::wake, "instance/{name}"},
};

}  // namespace

const Service service{
    .kind = core::Kind::ec2, .survey = survey, .look = look, .sleep = sleep, .wake = wake, .permissions = permissions};

}  // namespace doze::cloud::aws::ec2
