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

/// Whether AWS can be reached, and as whom: the environment, the clock, the credentials, the regions.
/// What the environment changes about the way to AWS: endpoints of its own, proxies, certificates. Shows no password
/// that stands in a URL.
[[nodiscard]] Findings judge_surroundings(const Environment& environment);

/// How far the clock of the STS at `url` is ahead of ours, to about a second, by the date of its answer to an unsigned
/// question: one that is signed with the wrong time is not repeated with the right one.
boost::asio::awaitable<Result<core::Duration>> clock_offset(ports::HttpClient& http, std::string url,
                                                            const ports::Clock& clock);

/// None: AWS did not answer in time.
[[nodiscard]] Finding judge_clock(const std::optional<Result<core::Duration>>& offset);

/// Where keys come from; never a key.
struct Keys {
    std::string origin;
    std::optional<core::WallTime> expires = std::nullopt;

    bool operator==(const Keys&) const = default;
};

struct AccountFacts {
    ProfileName profile;
    Region region;                     ///< Where it is asked.
    std::optional<Result<Keys>> keys;  ///< None: did not come in time. So with all facts here.
    std::optional<Result<aws::sts::Identity>> identity;

    [[nodiscard]] bool works() const { return identity && *identity; }
};

/// Fills in the facts one after the other. `facts` must outlive it.
boost::asio::awaitable<void> examine(access::CloudAccess& access, AccountFacts& facts);

[[nodiscard]] Finding judge_account(const AccountFacts& facts, core::WallTime now);

struct RegionFacts {
    Region region;

    /// Of one signed call that needs no permission, the median of three; the first also connects. None: it did not
    /// come in time.
    std::optional<Result<core::Duration>> answers_in;
};

/// Fills in the facts. All that is referred to must outlive it.
boost::asio::awaitable<void> examine(aws::Client& client, const ports::Clock& clock, RegionFacts& facts);

/// `credentials_work`: AWS took them somewhere.
[[nodiscard]] Finding judge_region(const RegionFacts& facts, bool credentials_work);

}  // namespace doze::doctor
