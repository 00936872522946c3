#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

/// What all requests to EC2 have in common.
namespace doze::aws::ec2 {

/// Most values of one filter (EC2 API reference, "Filtering your resources").
constexpr std::size_t values_per_filter = 200;

[[nodiscard]] inline Call call_for(const Region& region, const std::string& operation, QueryPairs parameters) {
    return query_call("ec2", region, operation, "2016-11-15", std::move(parameters));
}

/// EC2 instances: DescribeInstances, StopInstances, StartInstances. See service.hpp for the contract.
///
/// A batch that is refused is parted into those that AWS names in its refusal and the rest, or halved, until the bad
/// instance stands alone, except where that can't help (network, throttling, no credentials). Starts are batched by
/// pool, so that lack of capacity in one holds up no other. Hibernation that AWS refuses becomes a stop.
extern const Service service;

/// The regions that are enabled for the account (DescribeRegions), in order; asked in `region`.
boost::asio::awaitable<Result<std::vector<Region>>> regions(Client& client, Region region);

}  // namespace doze::aws::ec2
