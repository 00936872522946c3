#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "adapters/aws/credentials/provider.hpp"
#include "base/paths.hpp"
#include "ports/keyring.hpp"

namespace doze::aws {

/// A variable that holds a secret; empty where it is not set.
[[nodiscard]] Secret secret_variable(const Environment& environment, const char* name);

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or AWS_SECURITY_TOKEN), and AWS_CREDENTIAL_EXPIRATION
/// as `aws configure export-credentials` prints it. Half of a pair is an error, not a reason to look further.
[[nodiscard]] ProviderResult from_environment(const Environment& environment, core::WallTime now);

// Key pairs in the desktop's keyring, one per profile, under the profile's name.

/// What `doze auth set` keeps there.
[[nodiscard]] Secret keyring_text(const Credentials& keys);

/// The pair kept for the profile. A locked keyring is an error, not a reason to look further: what comes next could be
/// the keys of another account.
boost::asio::awaitable<ProviderResult> from_keyring(ports::Keyring& keyring, std::string profile);

}  // namespace doze::aws
