#pragma once

#include "adapters/aws/kinds/service.hpp"

/// EC2 instances: DescribeInstances, StopInstances, StartInstances. See service.hpp for the contract.
///
/// A batch that is refused is parted into those that AWS names in its refusal and the rest, or halved, until the bad
/// instance stands alone, except where that can't help (network, throttling, no credentials). Starts are batched by
/// pool, so that lack of capacity in one holds up no other. Hibernation that AWS refuses becomes a stop.
namespace doze::aws::ec2 {

extern const Service service;

/// The regions that are enabled for the account (DescribeRegions), in order; asked in `region`.
boost::asio::awaitable<Result<std::vector<Region>>> regions(Client& client, Region region);

}  // namespace doze::aws::ec2
