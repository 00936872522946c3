#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "core/model/observation.hpp"

/// CloudWatch (Query protocol, 2010-08-01).
namespace doze::aws::cloudwatch {

/// The CPU load of each metric, in the same order: the highest five-minute average in the quarter of an hour before
/// `now`, since EC2 measures every five minutes and CloudWatch shows it some minutes later. Makes as few calls as the
/// API allows (GetMetricData, 500 metrics each). An error is returned as Load::trouble of each.
boost::asio::awaitable<std::vector<core::Load>> loads(Client& client, Region region, std::vector<LoadMetric> metrics,
                                                      core::WallTime now);

/// A call for one metric, to test whether it is allowed.
[[nodiscard]] Call newest_call(const Region& region, const LoadMetric& metric);

/// The IAM permission that a kind with this Service::load needs.
template <LoadMetric (*load)(const core::ResourceId&)>
inline constexpr Permission permission{.action = "cloudwatch:GetMetricData",
                                       .use = Permission::Use::extra,
                                       .what_for = "For busy_cpu_percent.",
                                       .proof = [](const std::vector<core::ResourceId>& some) {
                                           return newest_call(some.front().region, load(some.front()));
                                       }};

}  // namespace doze::aws::cloudwatch
