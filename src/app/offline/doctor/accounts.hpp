#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "adapters/aws/client/owners.hpp"
#include "app/access/cloud_access.hpp"
#include "app/offline/doctor/finding.hpp"
#include "core/model/time.hpp"

/// The credentials of a profile, and whom AWS takes them for.
namespace doze::doctor {

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

}  // namespace doze::doctor
