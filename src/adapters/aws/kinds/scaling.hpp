#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <string>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "core/model/resource.hpp"

/// Application Auto Scaling (2016-02-06): the scalable target that keeps the count of an ECS service within bounds. AWS
/// moves the count back into them at every registration of the target, even one that does not name them.
namespace doze::aws::scaling {

/// Minimum, maximum and what is suspended, as Size keeps them; `desired` has no meaning here. The bits of
/// Size::suspended: 1 scaling in, 2 scaling out, 4 scheduled scaling. They stand in the journal: never change one.
using Targets = std::map<core::ResourceId, core::Size>;

/// All targets of ECS services in a region; those of `only`, if it is not empty. None where the credentials may not
/// ask: then doze knows no bounds, and AWS may start tasks again while a service sleeps.
boost::asio::awaitable<Result<Targets>> describe(Client& client, Region region, std::vector<core::ResourceId> only,
                                                 Bounds& bounds);

/// Sets the bounds (those that are given) and what is suspended of the target of an ECS service. The target's policies
/// stay as they are.
boost::asio::awaitable<Result<void>> set(Client& client, core::ResourceId service, core::Size bounds);

/// Asks for one target, to try whether it may be asked.
[[nodiscard]] Call page_call(const Region& region);

/// As it must be while the service sleeps: minimum 0, everything suspended.
[[nodiscard]] core::Size asleep(core::Size bounds);

}  // namespace doze::aws::scaling
