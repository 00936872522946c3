#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// Settings for signing in with IAM Identity Center.
struct SsoSession {
    std::string name;  ///< Of the [sso-session X]; empty in the legacy form, whose tokens can't be renewed.
    std::string start_url;
    Region region;

    bool operator==(const SsoSession&) const = default;
};

/// Reads the token file that `aws sso login` left in ~/.aws/sso/cache. `profile` is for the error's next step, here and
/// below.
[[nodiscard]] Result<Secret> read_sso_token(const Environment& environment, const SsoSession& session,
                                            std::string_view profile);

/// The access token in the file's text. A token with less than 15 minutes left is renewed and written back in the AWS
/// CLI's format, so that both programs keep working.
boost::asio::awaitable<Result<Secret>> sso_access_token(const ProviderContext& places, SsoSession session, Secret file,
                                                        std::string profile, core::WallTime now);

/// "Run `aws sso login --profile X`."
[[nodiscard]] Error needs_sso_login(std::string_view why, std::string_view profile);

/// Credentials of a role in an account, for a person signed in with IAM Identity Center: the profile's sso_account_id
/// and sso_role_name, and sso_session (or, in the legacy form, sso_start_url and sso_region).
boost::asio::awaitable<ProviderResult> from_sso(const ProviderContext& places, const Profile& profile, Pace& pace,
                                                core::WallTime now);

}  // namespace doze::aws
