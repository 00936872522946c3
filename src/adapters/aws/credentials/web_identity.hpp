#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// A role, for a token that an identity provider keeps writing into a file (EKS service accounts, CI systems):
/// AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME where `with_environment`, and for each that is
/// not set there the profile's web_identity_token_file, role_arn and role_session_name.
boost::asio::awaitable<ProviderResult> from_web_identity(const ProviderContext& places, const Profile& profile,
                                                         bool with_environment, Pace& pace, core::WallTime now);

}  // namespace doze::aws
