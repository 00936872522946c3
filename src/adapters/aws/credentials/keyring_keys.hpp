#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "adapters/aws/credentials/provider_result.hpp"
#include "ports/keyring.hpp"

/// Key pairs in the desktop's keyring, one per profile, under the profile's name.
namespace doze::aws {

/// What `doze auth set` keeps there.
[[nodiscard]] Secret keyring_text(const Credentials& keys);

/// The pair kept for the profile. A locked keyring is an error, not a reason to look further: what comes next could be
/// the keys of another account.
boost::asio::awaitable<ProviderResult> from_keyring(ports::Keyring& keyring, std::string profile);

}  // namespace doze::aws
