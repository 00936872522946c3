#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// A role in an account, for a person who signed in with IAM Identity Center: the profile's sso_account_id and
/// sso_role_name, and sso_session (or, in the legacy form, sso_start_url and sso_region).
boost::asio::awaitable<ProviderResult> from_sso(const ProviderContext& places, const Profile& profile, Pace& pace,
                                                core::WallTime now);

}  // namespace doze::aws
