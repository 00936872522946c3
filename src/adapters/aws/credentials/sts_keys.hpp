#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "adapters/aws/credentials/provider_result.hpp"
#include "adapters/aws/protocol/client.hpp"

namespace doze::aws {

/// Sends AssumeRole or AssumeRoleWithWebIdentity, and reads the keys that STS made. The call and the answer are wiped.
/// `origin` and `provider` are for the caller to fill in.
boost::asio::awaitable<Result<Credentials>> ask_sts(Client& client, Call call);

}  // namespace doze::aws
