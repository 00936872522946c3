#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "adapters/aws/client/call_retry.hpp"
#include "adapters/aws/client/clock_skew.hpp"
#include "adapters/aws/client/endpoint.hpp"
#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/client/throttle.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "adapters/aws/protocol/credentials.hpp"
#include "base/async_event.hpp"
#include "base/paths.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"

namespace doze::aws {

/// What a client is made of. All that is referred to must outlive it.
struct SignedClientParts {
    ports::HttpClient& http;
    CredentialsProvider& credentials;
    Profiles& profiles;  ///< For endpoint_url, use_fips_endpoint, max_attempts, ca_bundle, ...
    const ports::Clock& clock;
    Environment environment = process_environment();

    /// In [0, 1), for the pauses; none is a generator with a seed of its own.
    std::function<double()> random = {};

    /// Waits between two attempts, and for the throttle; none is a timer of the loop.
    std::function<boost::asio::awaitable<void>(core::Duration)> pause = {};

    /// Learns AWS's time from its answers; none forgets it.
    AwsTime* aws_time = nullptr;

    /// Takes single sentences for a person: calls wait for the throttle, the clock is wrong. None keeps them.
    std::function<void(const std::string&)> tell = {};
};

/// Credentials, endpoint, throttle, signature, transport and the one retry loop, for one account. Repeats any call:
/// those doze makes are lists, looks, starts, stops and updates to given sizes, which do no more when done twice.
///
/// A call waits for its turn (Throttle), and may then take `longest_call` over all its attempts. Where AWS refuses a
/// signature because this machine's clock is wrong, the call is signed once more with AWS's time.
///
/// Credentials are asked for before each attempt; a refusal of them is repeated at once if by then there are
/// others (somebody signed in again meanwhile).
///
/// Use on the loop's thread only. Must outlive its calls.
class SignedClient final : public Client {
   public:
    explicit SignedClient(SignedClientParts parts);

    boost::asio::awaitable<Result<std::string>> call(Call call) override;

    /// What was asked so far, and what had to wait.
    [[nodiscard]] const Throttle& throttle() const { return throttle_; }

   private:
    /// How a call goes out, as environment and profile have it at its beginning.
    struct Route {
        Endpoint endpoint;
        int attempts = attempts_per_call;
        std::string ca_file;
    };
    [[nodiscard]] Result<Route> route_of(const Call& call);

    struct Attempt {
        Result<std::string> answer;
        core::Duration asked_pause{};  ///< By AWS, before the next one.
        bool clock_corrected = false;  ///< The same again may succeed now.
    };

    /// One attempt, from signature to answer, in at most `time`.
    boost::asio::awaitable<Attempt> attempt(const Call& call, const Route& route, const Credentials& credentials,
                                            core::Duration time);
    /// Why a call must not go out with these, if so.
    boost::asio::awaitable<std::optional<Error>> refuse(const Call& call, const Route& route, Credentials credentials);
    boost::asio::awaitable<std::string> owner_of(Credentials credentials, Region region);
    void learn_owner(const Call& call, const Route& route, const Credentials& credentials, const std::string& body);
    boost::asio::awaitable<void> wait_for_turn(const Call& call);
    /// What credentials expire by.
    [[nodiscard]] core::WallTime aws_now() const;
    void tell(const std::string& sentence) const;

    SignedClientParts parts_;
    RetryQuota quota_;
    Throttle throttle_;
    ClockSkew skew_;
    Owners owners_;
    std::shared_ptr<AsyncEvent> asking_owner_;  ///< Until STS answers.
};

}  // namespace doze::aws
