#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/aws/client/clock_skew.hpp"
#include "adapters/aws/client/endpoint.hpp"
#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/client/signed_client.hpp"
#include "adapters/aws/credentials/chain.hpp"
#include "adapters/aws/kinds/aws_cloud.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/http/curl_http_client.hpp"
#include "adapters/keyring/secret_session.hpp"
#include "base/result.hpp"
#include "ports/clock.hpp"

namespace doze::access {

/// The AWS identity of doze's credentials, and their origin.
struct Identified {
    aws::sts::Identity identity;
    std::string origin;  ///< The credentials' origin; never a secret.
};

/// AWS, wired from its parts: HTTP, keyring, and for each profile its credentials and the client that signs with them.
class CloudAccess {
   public:
    /// Receives sentences for a person: calls are held back, the clock is wrong.
    using Tell = std::function<void(const std::string&)>;

    static Result<std::unique_ptr<CloudAccess>> open(boost::asio::io_context& loop, const ports::Clock& clock,
                                                     Tell tell = {});

    [[nodiscard]] aws::AwsCloud& cloud() { return cloud_; }

    /// One profile's credentials, and the client that signs with them.
    struct Account {
        Account(CloudAccess& access, std::string profile);

        aws::Profiles profiles;
        aws::CredentialsChain credentials;
        aws::SignedClient client;
    };

    /// Created at first use and kept. "" is the default: the profile of choose_profile(), else that of the
    /// environment.
    [[nodiscard]] Account& account(const std::string& profile = {});
    [[nodiscard]] aws::Client& client(const std::string& profile = {}) { return account(profile).client; }

    /// What the default profile's credential providers need.
    [[nodiscard]] aws::ProviderContext context() { return context(account().profiles); }

    /// The STS endpoint, with the default profile.
    [[nodiscard]] Result<aws::Endpoint> sts_endpoint(const Region& region);

    [[nodiscard]] ports::HttpClient& http() { return *http_; }
    [[nodiscard]] ports::Keyring& keyring() { return keyring_; }

    /// Chooses the default profile; empty leaves the choice to the environment.
    void choose_profile(const std::string& name) { account().profiles.choose(name); }

    /// Asks STS for the identity, in `region` or else the default one.
    boost::asio::awaitable<Result<Identified>> identify(std::optional<Region> region);

    /// The regions enabled for the account, in order. Asked in `region` (any enabled one), or else the default one.
    boost::asio::awaitable<Result<std::vector<Region>>> list_regions(std::optional<Region> region);

    /// The region to use if the settings name none: that of the environment, the default profile, or this EC2
    /// instance.
    boost::asio::awaitable<Result<std::optional<aws::FoundRegion>>> default_region();

   private:
    CloudAccess(boost::asio::io_context& loop, const ports::Clock& clock, std::unique_ptr<http::CurlHttpClient> http,
                Tell tell);

    [[nodiscard]] aws::ProviderContext context(aws::Profiles& profiles);
    boost::asio::awaitable<Result<Region>> region_or_default(std::optional<Region> region);

    const ports::Clock& clock_;
    std::unique_ptr<http::CurlHttpClient> http_;
    Tell tell_;
    keyring::SecretService keyring_;
    aws::AwsTime aws_time_;
    std::map<std::string, std::unique_ptr<Account>> accounts_;
    aws::AwsCloud cloud_;
};

}  // namespace doze::access
