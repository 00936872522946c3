#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// Assumes a role with a token that an identity provider keeps updating in a file (EKS service accounts, CI systems).
/// Reads AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME if `with_environment`, and for those not
/// set the profile's web_identity_token_file, role_arn and role_session_name.
boost::asio::awaitable<ProviderResult> from_web_identity(const ProviderContext& places, const Profile& profile,
                                                         bool with_environment, Pace& pace, core::WallTime now);

/// The credentials of profiles, in the AWS CLI's order: a role assumed with other credentials, web identity, SSO, keys
/// in the credentials file, credential_process, keys in the config file.
class ProfileKeys {
   public:
    /// The references must outlive this.
    ProfileKeys(const ProviderContext& places, Pace& pace) : places_(places), pace_(pace) {}

    /// For the profile that the person chose; the environment's web identity token applies if `with_environment`.
    boost::asio::awaitable<ProviderResult> find(Profile profile, bool with_environment, core::WallTime now);

   private:
    using Names = std::vector<std::string>;

    /// `visited`: the chain of profiles that led here, including this one.
    boost::asio::awaitable<ProviderResult> take_role(Profile profile, Names visited, core::WallTime now);
    boost::asio::awaitable<ProviderResult> source_of_role(const Profile& profile, Names visited, core::WallTime now);
    boost::asio::awaitable<ProviderResult> named_source(std::string source, const Profile& profile, core::WallTime now);
    boost::asio::awaitable<ProviderResult> without_role(const Profile& profile, bool with_environment,
                                                        core::WallTime now);

    const ProviderContext& places_;
    Pace& pace_;
};

}  // namespace doze::aws
