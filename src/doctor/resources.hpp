#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "cloud/aws/client.hpp"
#include "cloud/aws/service.hpp"
#include "core/observation.hpp"
#include "core/registration.hpp"
#include "doctor/finding.hpp"

/// Each registered resource: is it there, and what would happen to it when its person leaves.
namespace doze::doctor {

struct ResourceFacts {
    core::Registration registration;
    bool asleep_by_doze = false;                                   ///< So says the daemon.
    std::optional<Result<core::Observation>> seen = std::nullopt;  ///< None: did not come in time.
};

/// Looks at resources of one profile, kind and region, which must be all of `some` (at least one) and outlive it.
boost::asio::awaitable<void> examine(cloud::aws::Client& client, core::GuardSettings guards,
                                     std::vector<ResourceFacts*> some);

[[nodiscard]] Finding judge_resource(const ResourceFacts& facts);

}  // namespace doze::doctor
