#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "cloud/aws/client.hpp"
#include "cloud/aws/service.hpp"
#include "core/inventory.hpp"
#include "core/settings.hpp"

/// EKS node groups: ListClusters, DescribeCluster, ListNodegroups, DescribeNodegroup, UpdateNodegroupConfig. See
/// service.hpp for the contract.
///
/// A sleep sets minimum and desired size to 0 and leaves the maximum; a wake sets all three from the target. All three
/// go in one call, because AWS checks minimum <= desired <= maximum at each. Limits that the target does not say are
/// the group's own; a desired size outside of those is refused (`bad_request`) rather than the limits moved.
namespace doze::cloud::aws::eks {

boost::asio::awaitable<Result<core::Survey>> survey(Client& client, Region region, core::GuardSettings guards);
boost::asio::awaitable<void> look(Client& client, Region region, std::vector<core::ResourceId> ids,
                                  core::GuardSettings guards, Seen each);
boost::asio::awaitable<void> sleep(Client& client, Region region, std::vector<core::Target> targets, Acted each);
boost::asio::awaitable<void> wake(Client& client, Region region, std::vector<core::Target> targets, Acted each);

}  // namespace doze::cloud::aws::eks
