#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "adapters/aws/protocol/client.hpp"

namespace doze::aws::sts {

/// Whom AWS takes the credentials for.
struct Identity {
    std::string account;  ///< Twelve digits.
    std::string arn;      ///< The user or the assumed role.

    bool operator==(const Identity&) const = default;
};

[[nodiscard]] Call identity_call(const Region& region);

/// GetCallerIdentity, which needs no permission. `client` must outlive the call.
boost::asio::awaitable<Result<Identity>> caller_identity(Client& client, Region region);

}  // namespace doze::aws::sts
