#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "cloud/aws/client.hpp"

namespace doze::cloud::aws::sts {

/// Whom AWS takes the credentials for.
struct Identity {
    std::string account;  ///< Twelve digits.
    std::string arn;      ///< The user or the assumed role.

    bool operator==(const Identity&) const = default;
};

[[nodiscard]] Call identity_call(const Region& region);

/// GetCallerIdentity, which needs no permission. `client` must outlive the call.
boost::asio::awaitable<Result<Identity>> caller_identity(Client& client, Region region);

}  // namespace doze::cloud::aws::sts
