#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>

#include "cloud/aws/credentials/places.hpp"

namespace doze::cloud::aws {

/// What signs a person in with IAM Identity Center.
struct SsoSession {
    std::string name;  ///< Of the [sso-session X]; empty in the legacy form, which can't be renewed.
    std::string start_url;
    Region region;

    bool operator==(const SsoSession&) const = default;
};

/// The access token that `aws sso login` left in ~/.aws/sso/cache. One with less than 15 minutes left is renewed and
/// written back there, as the AWS CLI does it, so that both go on working. `profile` is for what to do next.
boost::asio::awaitable<Result<Secret>> sso_access_token(const Places& places, SsoSession session, std::string profile,
                                                        core::WallTime now);

/// "Run `aws sso login --profile X`."
[[nodiscard]] Error needs_sso_login(std::string_view why, std::string_view profile);

}  // namespace doze::cloud::aws
