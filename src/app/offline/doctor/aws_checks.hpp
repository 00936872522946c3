#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <vector>

#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "app/access/cloud_access.hpp"
#include "app/offline/doctor/finding.hpp"
#include "base/paths.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/http_client.hpp"

/// Checks each registered resource: whether it exists, and what would happen to it when the person leaves.
namespace doze::doctor {

struct ResourceFacts {
    core::Registration registration;
    bool asleep_by_doze = false;                                   ///< According to the daemon.
    bool stopped_by_you = false;                                   ///< According to the daemon.
    std::optional<Result<core::Observation>> seen = std::nullopt;  ///< Empty: no answer in time.
    bool others_came =
        false;  ///< Others of its kind and region were answered, so AWS responds, but there are many to describe.
};

/// Describes all of `some`, which must outlive the call.
boost::asio::awaitable<void> examine(ports::Cloud& cloud, core::Depth depth, std::vector<ResourceFacts*> some);

[[nodiscard]] Finding judge_resource(const ResourceFacts& facts);

// Checks whether and as whom AWS can be reached: environment, clock, credentials, regions.

/// What the environment changes about the way to AWS: custom endpoints, proxies, certificates. Never shows a password
/// in a URL.
[[nodiscard]] Findings judge_surroundings(const Environment& environment);

/// How far the clock of the STS at `url` is ahead of this machine's, to about a second, by the date of its answer to an
/// unsigned request: signing would need the right time.
boost::asio::awaitable<Result<core::Duration>> clock_offset(ports::HttpClient& http, std::string url,
                                                            const ports::Clock& clock);

/// Empty: AWS did not answer in time.
[[nodiscard]] Finding judge_clock(const std::optional<Result<core::Duration>>& offset);

/// The origin of credentials, without the credentials.
struct Keys {
    std::string origin;
    std::optional<core::WallTime> expires = std::nullopt;

    bool operator==(const Keys&) const = default;
};

struct AccountFacts {
    ProfileName profile;
    Region region;                     ///< The region to ask in.
    std::optional<Result<Keys>> keys;  ///< Empty: no answer in time. The same holds for all facts here.
    std::optional<Result<aws::sts::Identity>> identity;

    [[nodiscard]] bool works() const { return identity && *identity; }
};

/// Fills in the facts, one after the other. `facts` must outlive the call.
boost::asio::awaitable<void> examine(access::CloudAccess& access, AccountFacts& facts);

[[nodiscard]] Finding judge_account(const AccountFacts& facts, core::WallTime now);

struct RegionFacts {
    Region region;

    /// Response time of a signed call that needs no permission: the median of three, of which the first also connects.
    /// Empty: no answer in time.
    std::optional<Result<core::Duration>> answers_in;
};

/// Fills in the facts. All references must outlive the call.
boost::asio::awaitable<void> examine(aws::Client& client, const ports::Clock& clock, RegionFacts& facts);

/// `credentials_work`: AWS accepted them in some region.
[[nodiscard]] Finding judge_region(const RegionFacts& facts, bool credentials_work);

}  // namespace doze::doctor
