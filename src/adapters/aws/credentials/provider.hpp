#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "adapters/aws/client/signed_client.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "adapters/aws/protocol/credentials.hpp"
#include "base/json.hpp"
#include "base/paths.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"
#include "ports/keyring.hpp"

namespace doze::aws {

/// The provider has no keys, and the next one is asked. `why` completes "No AWS credentials: WHY, and ...".
struct NotConfigured {
    std::string why;
    bool for_now = false;  ///< It can't be asked at the moment, and may have keys.
};

/// The keys, or why this provider has none, or an error after which no other provider is asked.
using ProviderResult = std::variant<Credentials, NotConfigured, Error>;

[[nodiscard]] Error no_credentials(std::string message, std::string next_step);

/// ISO 8601 with a zone: 2026-03-01T12:00:00+00:00, ...Z, ...UTC (as older AWS CLIs write it). Fractions of a second
/// are dropped.
[[nodiscard]] std::optional<core::WallTime> parse_time(std::string_view text);

/// What the providers need. All references must outlive the chain.
struct ProviderContext {
    ports::HttpClient& http;
    Profiles& profiles;
    const ports::Clock& clock;
    ports::Keyring* keyring = nullptr;  ///< Null if the program has no keyring adapter.
    Environment environment = process_environment();

    /// As in SignedClientParts.
    std::function<boost::asio::awaitable<void>(core::Duration)> pause = {};
    std::function<void(const std::string&)> tell = {};
    AwsTime* aws_time = nullptr;

    /// Parts for a client that signs with these keys, or not at all.
    [[nodiscard]] SignedClientParts client_with(CredentialsProvider& keys) const {
        return {.http = http,
                .credentials = keys,
                .profiles = profiles,
                .clock = clock,
                .environment = environment,
                .pause = pause,
                .aws_time = aws_time,
                .tell = tell};
    }
};

/// Limits how often slow providers (a service, a program) are asked after a failure: a failure is remembered for a
/// while, unless the input changed, as it does when somebody signs in again.
class Pace {
   public:
    static constexpr core::Duration again_after = std::chrono::seconds(30);

    /// Asks `place`, or returns the recent failure. `asking` is called at once, and the awaitable<ProviderResult>
    /// that it returns is awaited. `input` is a hash of what is sent, which may be secret.
    template <class Ask>
    boost::asio::awaitable<ProviderResult> ask(std::string place, std::size_t input, core::WallTime now, Ask asking) {
        if (const auto failure = failures_.find(place); failure != failures_.end()) {
            const auto& [when, with, what] = failure->second;
            // A clock that was set back must not silence a provider for ever.
            if (with == input && when <= now && now < when + again_after) co_return what;
        }
        auto found = co_await asking();
        failures_.erase(place);
        if (!std::holds_alternative<Credentials>(found)) {
            failures_.emplace(std::move(place), Failure{.when = now, .input = input, .what = found});
        }
        co_return found;
    }

   private:
    struct Failure {
        core::WallTime when;
        std::size_t input;
        ProviderResult what;
    };
    std::map<std::string, Failure> failures_;
};

/// Hash of several texts, for Pace.
template <class... Text>
[[nodiscard]] std::size_t hash_of(const Text&... text) {
    std::size_t all = 0;
    ((all = all * 31 + std::hash<std::string_view>()(text)), ...);
    return all;
}

/// Sends AssumeRole or AssumeRoleWithWebIdentity and reads the keys that STS issued. Call and answer are wiped. The
/// caller fills in `origin` and `provider`.
boost::asio::awaitable<Result<Credentials>> ask_sts(Client& client, Call call);

// JSON that holds secrets: its memory is overwritten when it is freed.

/// An empty object in such memory.
[[nodiscard]] boost::json::object secret_object();

/// Empty for anything but an object.
[[nodiscard]] std::optional<boost::json::object> parse_secret_json(std::string_view text);

/// Serializes the object.
[[nodiscard]] Secret to_secret_text(const boost::json::object& object);

/// Reads keys in the format of AWS's endpoints and credential programs: AccessKeyId, SecretAccessKey, and optionally
/// the session token under `token_name` and Expiration. `whose` begins the error: "The endpoint X".
[[nodiscard]] Result<Credentials> read_keys(const boost::json::object& object, std::string_view token_name,
                                            std::string_view whose);

}  // namespace doze::aws
