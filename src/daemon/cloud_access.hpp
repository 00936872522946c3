#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "cloud/aws/aws_cloud.hpp"
#include "cloud/aws/credentials.hpp"
#include "cloud/aws/profiles.hpp"
#include "cloud/aws/signed_client.hpp"
#include "cloud/aws/sts.hpp"
#include "http/curl_http_client.hpp"
#include "ports/clock.hpp"

namespace doze::daemon {

/// AWS, wired from its parts: HTTP, profiles, credentials, the signing client, the cloud.
class CloudAccess {
   public:
    /// What a person should know meanwhile, in single sentences: calls are held back, the clock is wrong.
    using Tell = std::function<void(const std::string&)>;

    static Result<std::unique_ptr<CloudAccess>> open(boost::asio::io_context& loop, const ports::Clock& clock,
                                                     Tell tell);

    [[nodiscard]] cloud::aws::AwsCloud& cloud() { return cloud_; }

    /// Another profile from now on; empty leaves the choice to the environment.
    void choose_profile(const std::string& name) { profiles_.choose(name); }

    /// Asks AWS whom it takes doze for.
    void identify(const Region& region, std::function<void(Result<cloud::aws::sts::Identity>)> done);

    /// Where the credentials come from, or why there are none. Never a secret.
    [[nodiscard]] Result<std::string> credentials_origin(core::WallTime now);

   private:
    CloudAccess(boost::asio::io_context& loop, const ports::Clock& clock, std::unique_ptr<http::CurlHttpClient> http,
                Tell tell);

    boost::asio::io_context& loop_;
    std::unique_ptr<http::CurlHttpClient> http_;
    cloud::aws::Profiles profiles_;
    cloud::aws::CredentialsChain credentials_;
    cloud::aws::SignedClient client_;
    cloud::aws::AwsCloud cloud_;
};

}  // namespace doze::daemon
