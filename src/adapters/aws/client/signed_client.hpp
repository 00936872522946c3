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

/// Dependencies of a client. All references must outlive it.
struct SignedClientParts {
    ports::HttpClient& http;
    CredentialsProvider& credentials;
    Profiles& profiles;  ///< For endpoint_url, use_fips_endpoint, max_attempts, ca_bundle, ...
    const ports::Clock& clock;
    Environment environment = process_environment();

    /// Random numbers in [0, 1) for the pauses; empty: a generator with its own seed.
    std::function<double()> random = {};

    /// Waits between attempts and for the throttle; empty: a timer on the loop.
    std::function<boost::asio::awaitable<void>(core::Duration)> pause = {};

    /// Learns AWS's time from the answers, if not null.
    AwsTime* aws_time = nullptr;

    /// Receives sentences for a person: calls wait for the throttle, the clock is wrong. May be empty.
    std::function<void(const std::string&)> tell = {};
};

/// Combines credentials, endpoint, throttle, signature, transport and the one retry loop, for one account. Repeats any
/// call: doze only lists, describes, starts, stops and sets given sizes, which is safe to do twice.
///
/// A call waits for its turn (Throttle), and may then take `longest_call` over all its attempts. If AWS refuses a
/// signature because this machine's clock is wrong, the call is signed once more with AWS's time.
///
/// Credentials are requested before each attempt. After a refusal of credentials the call is repeated at once if the
/// provider has others by then (somebody signed in again).
///
/// Loop's thread only. Must outlive its calls.
class SignedClient final : public Client {
   public:
    explicit SignedClient(SignedClientParts parts);

    boost::asio::awaitable<Result<std::string>> call(Call call) override;

    /// Numbers of requests and of waits so far.
    [[nodiscard]] const Throttle& throttle() const { return throttle_; }

   private:
    /// How a call is sent, according to environment and profile when it starts.
    struct Route {
        Endpoint endpoint;
        int attempts = attempts_per_call;
        std::string ca_file;
    };
    [[nodiscard]] Result<Route> route_of(const Call& call);

    struct Attempt {
        Result<std::string> answer;
        core::Duration asked_pause{};  ///< By AWS, before the next attempt.
        bool clock_corrected = false;  ///< The clock was corrected: the same call may succeed.
    };

    /// One attempt, from signing to the answer, in at most `time`.
    boost::asio::awaitable<Attempt> attempt(const Call& call, const Route& route, const Credentials& credentials,
                                            core::Duration time);
    /// The reason why a call must not go out with these credentials, if there is one.
    boost::asio::awaitable<std::optional<Error>> refuse(const Call& call, const Route& route, Credentials credentials);
    boost::asio::awaitable<std::string> owner_of(Credentials credentials, Region region);
    void learn_owner(const Call& call, const Route& route, const Credentials& credentials, const std::string& body);
    boost::asio::awaitable<void> wait_for_turn(const Call& call);
    /// The time that decides whether credentials have expired.
    [[nodiscard]] core::WallTime aws_now() const;
    void tell(const std::string& sentence) const;

    SignedClientParts parts_;
    RetryQuota quota_;
    Throttle throttle_;
    ClockSkew skew_;
    Owners owners_;
    std::shared_ptr<AsyncEvent> asking_owner_;  ///< Set while STS is being asked.
};

}  // namespace doze::aws
