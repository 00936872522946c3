#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

/// What the EC2 requests share.
namespace doze::aws::ec2 {

/// Largest number of values of a filter (EC2 API reference, "Filtering your resources").
constexpr std::size_t values_per_filter = 200;

[[nodiscard]] inline Call call_for(const Region& region, const std::string& operation, QueryPairs parameters) {
    return query_call("ec2", region, operation, "2016-11-15", std::move(parameters));
}

/// EC2 instances: DescribeInstances, StopInstances, StartInstances. See service.hpp for the contract.
///
/// A refused batch is split into the instances that AWS names in its refusal and the rest, or halved, until the bad
/// instance stands alone, unless that can't help (network, throttling, no credentials). Starts are batched by capacity
/// pool, so that lack of capacity in one holds up no other. If AWS refuses to hibernate, the instance is stopped.
extern const Service service;

/// The regions enabled for the account (DescribeRegions), in order; the call goes to `region`.
boost::asio::awaitable<Result<std::vector<Region>>> regions(Client& client, Region region);

}  // namespace doze::aws::ec2
