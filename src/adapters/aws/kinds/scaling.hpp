#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "core/model/resource.hpp"

/// Application Auto Scaling (2016-02-06): the scalable target that keeps the count of an ECS service within bounds. AWS
/// moves the count back into them whenever the target is registered, even if the call does not name them.
namespace doze::aws::scaling {

/// Minimum, maximum and suspended activities in a Size; `desired` is unused. The bits of Size::suspended: 1 scaling in,
/// 2 scaling out, 4 scheduled scaling. They are stored in the journal: never change one.
using Targets = std::map<core::ResourceId, core::Size>;

/// All targets of ECS services in a region, or those of `only` if it is not empty. Empty if the credentials may not
/// ask: then doze knows no bounds, and AWS may start tasks while a service sleeps.
boost::asio::awaitable<Result<Targets>> describe(Client& client, Region region, std::vector<core::ResourceId> only,
                                                 Bounds& bounds);

/// Sets the bounds that are given and what is suspended of an ECS service's target. The target's policies stay
/// unchanged.
boost::asio::awaitable<Result<void>> set(Client& client, core::ResourceId service, core::Size bounds);

/// A call for one target, to test whether it is allowed.
[[nodiscard]] Call page_call(const Region& region);

/// The bounds for a sleeping service: minimum 0, everything suspended.
[[nodiscard]] core::Size asleep(core::Size bounds);

}  // namespace doze::aws::scaling
