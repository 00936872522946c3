#include "doctor/access.hpp"

#include <utility>

namespace doze::doctor {

namespace aws = cloud::aws;

Access::Account::Account(Access& access, std::string profile)
    : profiles(access.environment_, std::move(profile)),
      credentials(access.environment_, profiles),
      client({.http = *access.http_,
              .credentials = credentials,
              .profiles = profiles,
              .clock = access.clock_,
              .environment = access.environment_}) {}

Access::Access(boost::asio::io_context& loop, std::string own_profile, Environment environment,
               std::unique_ptr<http::CurlHttpClient> http)
    : own_profile_(std::move(own_profile)),
      environment_(std::move(environment)),
      http_(std::move(http)),
      cloud_(loop.get_executor(), clock_,
             [this](const ProfileName& profile) -> aws::Client& { return client(profile); }) {}

Result<std::unique_ptr<Access>> Access::open(boost::asio::io_context& loop, std::string own_profile,
                                             Environment environment) {
    auto http = http::CurlHttpClient::open(loop.get_executor());
    if (!http) return http.error();
    return std::unique_ptr<Access>(new Access(loop, std::move(own_profile), std::move(environment), std::move(*http)));
}

Access::Account& Access::account(const ProfileName& profile) {
    auto& made = accounts_[profile];
    if (!made) made = std::make_unique<Account>(*this, profile.str().empty() ? own_profile_ : profile.str());
    return *made;
}

boost::asio::awaitable<Result<Keys>> Access::keys(const ProfileName& profile) {
    const auto credentials = account(profile).credentials.get(clock_.now().wall);
    if (!credentials) co_return credentials.error();
    co_return Keys{.origin = credentials->origin, .expires = std::nullopt};
}

Result<aws::Endpoint> Access::endpoint(const Region& region) {
    const auto profile = account(ProfileName()).profiles.load();
    if (!profile) return profile.error();
    return aws::endpoint_for("sts", region, environment_, *profile);
}

}  // namespace doze::doctor
