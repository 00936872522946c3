#include "daemon/cloud_access.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <utility>

namespace doze::daemon {

CloudAccess::CloudAccess(boost::asio::io_context& loop, const ports::Clock& clock,
                         std::unique_ptr<http::CurlHttpClient> http, Tell tell)
    : loop_(loop),
      http_(std::move(http)),
      credentials_(process_environment(), profiles_),
      client_({.http = *http_,
               .credentials = credentials_,
               .profiles = profiles_,
               .clock = clock,
               .environment = process_environment(),
               .tell = std::move(tell)}),
      cloud_(loop.get_executor(), clock, [this](const ProfileName&) -> cloud::aws::Client& { return client_; }) {}

Result<std::unique_ptr<CloudAccess>> CloudAccess::open(boost::asio::io_context& loop, const ports::Clock& clock,
                                                       Tell tell) {
    auto http = http::CurlHttpClient::open(loop.get_executor());
    if (!http) return http.error();
    return std::unique_ptr<CloudAccess>(new CloudAccess(loop, clock, std::move(*http), std::move(tell)));
}

void CloudAccess::identify(const Region& region, std::function<void(Result<cloud::aws::sts::Identity>)> done) {
    boost::asio::co_spawn(
        loop_,
        [](cloud::aws::Client& client, Region where, auto finished) -> boost::asio::awaitable<void> {
            auto identity = co_await cloud::aws::sts::caller_identity(client, std::move(where));
            finished(std::move(identity));
        }(client_, region, std::move(done)),
        boost::asio::detached);
}

Result<std::string> CloudAccess::credentials_origin(core::WallTime now) {
    const auto credentials = credentials_.get(now);
    if (!credentials) return credentials.error();
    return credentials->origin;
}

}  // namespace doze::daemon
