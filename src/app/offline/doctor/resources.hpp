#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <vector>

#include "app/offline/doctor/finding.hpp"
#include "core/model/observation.hpp"
#include "core/model/registration.hpp"
#include "ports/cloud.hpp"

/// Each registered resource: is it there, and what would happen to it when its person leaves.
namespace doze::doctor {

struct ResourceFacts {
    core::Registration registration;
    bool asleep_by_doze = false;                                   ///< So says the daemon.
    bool stopped_by_you = false;                                   ///< Likewise.
    std::optional<Result<core::Observation>> seen = std::nullopt;  ///< None: did not come in time.
    bool others_came = false;  ///< Others of its kind and region did: AWS answers, but there are many to ask about.
};

/// Looks at all of `some`, which must outlive the call.
boost::asio::awaitable<void> examine(ports::Cloud& cloud, core::Depth depth, std::vector<ResourceFacts*> some);

[[nodiscard]] Finding judge_resource(const ResourceFacts& facts);

}  // namespace doze::doctor
