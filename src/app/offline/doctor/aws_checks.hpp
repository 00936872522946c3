#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "app/access/cloud_access.hpp"
#include "app/offline/doctor/finding.hpp"
#include "base/paths.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"

/// Whether AWS can be reached, and as whom: the environment, the clock, the credentials, the regions.
namespace doze::doctor {

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
