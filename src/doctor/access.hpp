#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/ids.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"
#include "cloud/aws/aws_cloud.hpp"
#include "cloud/aws/credentials.hpp"
#include "cloud/aws/endpoint.hpp"
#include "cloud/aws/profiles.hpp"
#include "cloud/aws/signed_client.hpp"
#include "core/time.hpp"
#include "http/curl_http_client.hpp"
#include "ports/system_clock.hpp"

namespace doze::doctor {

/// Where keys come from; never a key.
struct Keys {
    std::string origin;
    std::optional<core::WallTime> expires;

    bool operator==(const Keys&) const = default;
};

/// AWS as the doctor reaches it: one client for each profile, "" for doze's own credentials. For one thread.
class Access {
   public:
    /// `own_profile`: that of the settings; empty leaves the choice to the environment. `loop` must outlive it.
    static Result<std::unique_ptr<Access>> open(boost::asio::io_context& loop, std::string own_profile,
                                                Environment environment);

    [[nodiscard]] ports::Cloud& cloud() { return cloud_; }
    [[nodiscard]] ports::HttpClient& http() { return *http_; }
    [[nodiscard]] const ports::Clock& clock() const { return clock_; }
    [[nodiscard]] cloud::aws::Client& client(const ProfileName& profile) { return account(profile).client; }
    [[nodiscard]] boost::asio::awaitable<Result<Keys>> keys(const ProfileName& profile);

    /// Of STS, for doze's own credentials.
    [[nodiscard]] Result<cloud::aws::Endpoint> endpoint(const Region& region);

   private:
    struct Account {
        Account(Access& access, std::string profile);

        cloud::aws::Profiles profiles;
        cloud::aws::CredentialsChain credentials;
        cloud::aws::SignedClient client;
    };

    Access(boost::asio::io_context& loop, std::string own_profile, Environment environment,
           std::unique_ptr<http::CurlHttpClient> http);
    [[nodiscard]] Account& account(const ProfileName& profile);

    std::string own_profile_;
    Environment environment_;
    ports::SystemClock clock_;
    std::unique_ptr<http::CurlHttpClient> http_;
    std::map<ProfileName, std::unique_ptr<Account>> accounts_;
    cloud::aws::AwsCloud cloud_;
};

}  // namespace doze::doctor
