#pragma once

#include <boost/asio/awaitable.hpp>
#include <vector>

#include "cloud/aws/client.hpp"
#include "cloud/aws/service.hpp"
#include "core/observation.hpp"

/// CloudWatch (Query protocol, 2010-08-01).
namespace doze::cloud::aws::cloudwatch {

/// The CPU load of each, in the same order: the highest five-minute average of the quarter of an hour before `now`,
/// since EC2 measures every five minutes and CloudWatch shows it some minutes later. As few calls as the API allows
/// (GetMetricData, 500 metrics each). An error becomes each one's Load::trouble.
boost::asio::awaitable<std::vector<core::Load>> loads(Client& client, Region region, std::vector<LoadMetric> metrics,
                                                      core::WallTime now);

/// Asks for one of them, to try whether it may be asked.
[[nodiscard]] Call newest_call(const Region& region, const LoadMetric& metric);

}  // namespace doze::cloud::aws::cloudwatch
