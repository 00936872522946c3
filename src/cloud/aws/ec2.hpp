#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "cloud/aws/client.hpp"
#include "cloud/aws/service.hpp"
#include "core/inventory.hpp"
#include "core/settings.hpp"

/// EC2 instances: DescribeInstances, StopInstances, StartInstances. See service.hpp for the contract.
///
/// A batch that is refused is halved until the bad instance stands alone, except where halving can't help (network,
/// throttling, no credentials). Starts are batched by pool, so that lack of capacity in one holds up no other.
namespace doze::cloud::aws::ec2 {

boost::asio::awaitable<Result<core::Survey>> survey(Client& client, Region region, core::GuardSettings guards);
boost::asio::awaitable<void> look(Client& client, Region region, std::vector<core::ResourceId> ids,
                                  core::GuardSettings guards, Seen each);
boost::asio::awaitable<void> sleep(Client& client, Region region, std::vector<core::Target> targets, Acted each);
boost::asio::awaitable<void> wake(Client& client, Region region, std::vector<core::Target> targets, Acted each);

}  // namespace doze::cloud::aws::ec2
