#include "app/access/cloud_access.hpp"

#include <utility>

#include "adapters/aws/kinds/ec2.hpp"

namespace doze::access {

CloudAccess::Account::Account(CloudAccess& access, std::string profile)
    : profiles(process_environment(), std::move(profile)),
      credentials(access.context(profiles)),
      client(access.context(profiles).client_with(credentials)) {}

CloudAccess::CloudAccess(boost::asio::io_context& loop, const ports::Clock& clock,
                         std::unique_ptr<http::CurlHttpClient> http, Tell tell)
    : clock_(clock),
      http_(std::move(http)),
      tell_(std::move(tell)),
      cloud_(
          loop.get_executor(), clock,
          [this](const ProfileName& profile) -> aws::Client& { return client(profile.str()); }, &aws_time_) {}

Result<std::unique_ptr<CloudAccess>> CloudAccess::open(boost::asio::io_context& loop, const ports::Clock& clock,
                                                       Tell tell) {
    auto http = http::CurlHttpClient::open(loop.get_executor());
    if (!http) return http.error();
    return std::unique_ptr<CloudAccess>(new CloudAccess(loop, clock, std::move(*http), std::move(tell)));
}

aws::ProviderContext CloudAccess::context(aws::Profiles& profiles) {
    return {.http = *http_,
            .profiles = profiles,
            .clock = clock_,
            .keyring = &keyring_,
            .tell = tell_,
            .aws_time = &aws_time_};
}

CloudAccess::Account& CloudAccess::account(const std::string& profile) {
    auto& made = accounts_[profile];
    if (!made) made = std::make_unique<Account>(*this, profile);
    return *made;
}

Result<aws::Endpoint> CloudAccess::sts_endpoint(const Region& region) {
    const auto profile = account().profiles.load();
    if (!profile) return profile.error();
    return aws::endpoint_for("sts", region, process_environment(), *profile);
}

boost::asio::awaitable<Result<Region>> CloudAccess::region_or_default(std::optional<Region> region) {
    if (region) co_return *region;
    const auto found = co_await default_region();
    if (!found) co_return found.error();
    co_return *found ? (*found)->region : Region("us-east-1");
}

boost::asio::awaitable<Result<std::vector<Region>>> CloudAccess::list_regions(std::optional<Region> region) {
    const auto where = co_await region_or_default(std::move(region));
    if (!where) co_return where.error();
    co_return co_await aws::ec2::regions(account().client, *where);
}

boost::asio::awaitable<Result<Identified>> CloudAccess::identify(std::optional<Region> region) {
    const auto where = co_await region_or_default(std::move(region));
    if (!where) co_return where.error();
    Account& by_default = account();
    auto identity = co_await aws::sts::caller_identity(by_default.client, *where);
    if (!identity) co_return identity.error();
    const auto credentials = co_await by_default.credentials.get(clock_.now().wall);
    co_return Identified{.identity = std::move(*identity),
                         .origin = credentials ? credentials->origin : "credentials that are gone again"};
}

boost::asio::awaitable<Result<std::optional<aws::FoundRegion>>> CloudAccess::default_region() {
    const auto of_default = context();
    co_return co_await aws::default_region(of_default);
}

}  // namespace doze::access
