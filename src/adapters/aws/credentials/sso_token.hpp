#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// What signs a person in with IAM Identity Center.
struct SsoSession {
    std::string name;  ///< Of the [sso-session X]; empty in the legacy form, which can't be renewed.
    std::string start_url;
    Region region;

    bool operator==(const SsoSession&) const = default;
};

/// What `aws sso login` left in ~/.aws/sso/cache. `profile` is for what to do next, here and below.
[[nodiscard]] Result<Secret> read_sso_token(const Environment& environment, const SsoSession& session,
                                            std::string_view profile);

/// The access token in it. One with less than 15 minutes left is renewed and written back, as the AWS CLI does it, so
/// that both go on working.
boost::asio::awaitable<Result<Secret>> sso_access_token(const ProviderContext& places, SsoSession session, Secret file,
                                                        std::string profile, core::WallTime now);

/// "Run `aws sso login --profile X`."
[[nodiscard]] Error needs_sso_login(std::string_view why, std::string_view profile);

}  // namespace doze::aws
