#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "base/paths.hpp"
#include "cloud/aws/client.hpp"
#include "cloud/aws/credentials.hpp"
#include "cloud/aws/endpoint.hpp"
#include "cloud/aws/profiles.hpp"
#include "cloud/aws/retry.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"

namespace doze::cloud::aws {

/// What a client is made of. All that is referred to must outlive it.
struct SignedClientParts {
    ports::HttpClient& http;
    CredentialsProvider& credentials;
    Profiles& profiles;  ///< For endpoint_url.
    const ports::Clock& clock;
    Environment environment = process_environment();

    /// In [0, 1), for the pauses; none is a generator with a seed of its own.
    std::function<double()> random = {};

    /// Waits between two attempts; none is a timer of the loop.
    std::function<boost::asio::awaitable<void>(core::Duration)> pause = {};
};

/// Credentials, endpoint, signature, transport and the one retry loop. Repeats any call: those doze makes are
/// lists, looks, starts, stops and updates to given sizes, which do no more when done twice.
///
/// Credentials are asked for before each attempt; a refusal of them is repeated at once if by then there are
/// others (somebody signed in again meanwhile).
///
/// Use on the loop's thread only. Must outlive its calls.
class SignedClient final : public Client {
   public:
    explicit SignedClient(SignedClientParts parts);

    boost::asio::awaitable<Result<std::string>> call(Call call) override;

   private:
    /// One attempt, from credentials to answer.
    boost::asio::awaitable<Result<std::string>> attempt(const Call& call, const Endpoint& endpoint,
                                                        const Credentials& credentials);
    [[nodiscard]] Result<Endpoint> endpoint_of(const Call& call);

    SignedClientParts parts_;
    RetryQuota quota_;
};

}  // namespace doze::cloud::aws
