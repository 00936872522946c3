#include "adapters/aws/client/throttle.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace doze::aws {

namespace {

struct Size {
    double holds = 0;
    double per_second = 0;
};

struct Row {
    std::string_view service;    ///< Empty: any.
    std::string_view operation;  ///< Prefix of its name.
    std::string_view shared;     ///< Name of a bucket shared by several operations; empty: each operation has its own.
    Size requests;
    Size resources = {};  ///< A second bucket, from which each resource of a call takes a token.
};

/// The first matching row applies. Sources: EC2 developer guide, "Request throttling for the Amazon EC2 API"; ECS API
/// reference, "Request throttling"; CloudWatch service quotas; IAM quotas (STS). The other services publish no limits:
/// those numbers are doze's own, and cautious.
constexpr std::array rows{
    Row{"ec2", "StartInstances", "", {5, 2}, {1000, 2}},
    Row{"ec2", "StopInstances", "", {50, 5}, {1000, 20}},
    Row{"ec2", "Describe", "", {100, 20}},
    Row{"ec2", "", "", {50, 5}},
    Row{"ecs", "DescribeClusters", "cluster reads", {50, 20}},
    Row{"ecs", "ListClusters", "cluster reads", {50, 20}},
    Row{"ecs", "DescribeServices", "service reads", {100, 20}},
    Row{"ecs", "ListServices", "service reads", {100, 20}},
    Row{"ecs", "UpdateService", "service changes", {50, 5}},
    Row{"monitoring", "GetMetricData", "", {500, 500}},
    Row{"sts", "", "all", {600, 600}},
    Row{"", "Describe", "", {20, 10}},
    Row{"", "List", "", {20, 10}},
    Row{"", "Get", "", {20, 10}},
    Row{"", "", "", {10, 5}},
};

/// EC2: unfiltered, unpaginated lists have a bucket of their own.
constexpr Size unfiltered{50, 10};

constexpr double share = 0.8;

/// Requests don't reach AWS exactly as spaced as they were sent, so one token is never used.
constexpr double underway = 1;

constexpr double slowest_pace = 1.0 / 16;
constexpr std::chrono::minutes recovery(5);

/// Requests sent before the rate was halved say nothing about the new rate.
constexpr std::chrono::seconds between_halvings(2);

constexpr std::chrono::seconds long_wait(1);
constexpr std::chrono::minutes between_sentences(1);

/// A bucket, and the tokens that the call takes from it.
struct Cost {
    std::string bucket;
    Size size;
    double tokens = 1;
};

std::vector<Cost> costs_of(const Call& call) {
    const auto* const row = std::ranges::find_if(rows, [&](const Row& one) {
        return (one.service.empty() || one.service == call.service) && call.operation.starts_with(one.operation);
    });
    const std::string own = call.service + ":" + call.operation;
    // Operations that describe a single thing have no plural: DescribeInstanceAttribute.
    if (call.service == "ec2" && call.operation.starts_with("Describe") && call.operation.ends_with('s') &&
        call.body.find("MaxResults=") == std::string::npos && call.body.find("Filter.1.") == std::string::npos) {
        return {{own + " of everything", unfiltered}};
    }
    std::vector<Cost> costs{{row->shared.empty() ? own : call.service + " " + std::string(row->shared), row->requests}};
    if (row->resources.holds > 0 && call.resources > 0) {
        costs.push_back({own + " resources", row->resources, static_cast<double>(call.resources)});
    }
    return costs;
}

}  // namespace

Throttle::Bucket& Throttle::filled(const Call& call, std::size_t index, core::TimePoint now) {
    const auto cost = costs_of(call).at(index);
    const double full = cost.size.holds * share;
    const double full_reserve = std::max(0.0, cost.size.holds - full - underway);
    const auto [place, fresh] = buckets_.try_emplace({call.region, cost.bucket});
    Bucket& bucket = place->second;
    if (fresh)
        bucket = {.tokens = full, .reserve = full_reserve, .filled_at = now, .slowed_at = now - between_halvings};
    const std::chrono::duration<double> since = now - bucket.filled_at;
    const double filled = since.count() * cost.size.per_second * bucket.pace;
    bucket.tokens = std::min(full, bucket.tokens + filled * share);
    bucket.reserve = std::min(full_reserve, bucket.reserve + filled * (1 - share));
    bucket.pace = std::min(1.0, bucket.pace + since / recovery);
    bucket.filled_at = now;
    return bucket;
}

Throttle::Turn Throttle::take(const Call& call, core::TimePoint now) {
    const auto costs = costs_of(call);
    core::Duration wait{};
    for (std::size_t i = 0; i < costs.size(); ++i) {
        Bucket& bucket = filled(call, i, now);
        bucket.tokens -= costs[i].tokens;
        if (call.is_awaited && bucket.tokens < 0) {
            const double lent = std::min(bucket.reserve, -bucket.tokens);
            bucket.reserve -= lent;
            bucket.tokens += lent;
        }
        if (bucket.tokens >= 0) continue;
        const double rate = costs[i].size.per_second * (call.is_awaited ? 1 : share) * bucket.pace;
        wait =
            std::max(wait, core::Duration(static_cast<core::Duration::rep>(std::ceil(-bucket.tokens / rate * 1000))));
    }
    const Api api{call.region, call.service + ":" + call.operation};
    Counts& counts = counts_[api];
    ++counts.requests;
    if (wait > core::Duration::zero()) ++counts.waited;
    counts.waited_for += wait;
    if (wait <= long_wait || !may_say(api, now)) return {.wait = wait, .say = {}};
    return {.wait = wait,
            .say = fmt::format("{} in {} waits {}: faster, and AWS would throttle this account.", api.second,
                               call.region.str(), core::to_string(wait))};
}

std::string Throttle::refused(const Call& call, core::TimePoint now) {
    for (std::size_t i = 0; i < costs_of(call).size(); ++i) {
        Bucket& bucket = filled(call, i, now);
        bucket.tokens = std::min(bucket.tokens, 0.0);
        bucket.reserve = 0;
        if (now - bucket.slowed_at < between_halvings) continue;
        bucket.pace = std::max(slowest_pace, bucket.pace / 2);
        bucket.slowed_at = now;
    }
    const Api api{call.region, call.service + ":" + call.operation};
    ++counts_[api].refused;
    if (!may_say(api, now)) return {};
    return fmt::format("AWS throttles {} in {}: doze goes on more slowly.", api.second, call.region.str());
}

bool Throttle::may_say(const Api& api, core::TimePoint now) {
    const auto [place, fresh] = said_at_.try_emplace(api, now);
    if (!fresh && now - place->second < between_sentences) return false;
    place->second = now;
    return true;
}

}  // namespace doze::aws
