#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "cloud/aws/client.hpp"
#include "cloud/aws/service.hpp"
#include "core/inventory.hpp"
#include "core/settings.hpp"

/// ECS services: ListClusters, DescribeClusters, ListServices, DescribeServices, UpdateService. See service.hpp for
/// the contract.
///
/// A sleep sets the desired count to 0, a wake to that of the target. Daemon services are guarded. A scalable target of
/// Application Auto Scaling is not touched: with a minimum above 0 it brings tasks back.
namespace doze::cloud::aws::ecs {

boost::asio::awaitable<Result<core::Survey>> survey(Client& client, Region region, core::GuardSettings guards);
boost::asio::awaitable<void> look(Client& client, Region region, std::vector<core::ResourceId> ids,
                                  core::GuardSettings guards, Seen each);
boost::asio::awaitable<void> sleep(Client& client, Region region, std::vector<core::Target> targets, Acted each);
boost::asio::awaitable<void> wake(Client& client, Region region, std::vector<core::Target> targets, Acted each);

}  // namespace doze::cloud::aws::ecs
