#include "adapters/aws/client/signed_client.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>
#include <chrono>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "adapters/aws/client/errors.hpp"
#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/protocol/sigv4.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

asio::awaitable<void> pause_on_loop(core::Duration span) {
    asio::steady_timer timer(co_await asio::this_coro::executor, span);
    co_await timer.async_wait(asio::use_awaitable);
}

std::function<double()> seeded_random() {
    return [engine = std::mt19937(std::random_device{}())]() mutable {
        return std::uniform_real_distribution<double>(0, 1)(engine);
    };
}

ports::HttpRequest signed_request(const Call& call, const Endpoint& endpoint, const Credentials& credentials,
                                  core::WallTime now) {
    const std::string path = call.path.empty() && !endpoint.base_path.empty()
                                 ? endpoint.base_path + "/"
                                 : endpoint.base_path + encode_path(call.path);
    ports::HttpHeaders added;
    // Calls that fetch credentials are unsigned.
    if (!credentials.access_key_id.empty())
        added = sign({.method = call.method,
                      .host = endpoint.host,
                      .path = path,
                      .query = call.query,
                      .headers = call.headers,
                      .body = call.body},
                     credentials, {.region = call.region, .service = call.service, .at = now});
    ports::HttpRequest request{
        .method = call.method, .url = endpoint.origin + path, .headers = call.headers, .body = call.body};
    if (!call.query.empty()) request.url += "?" + encode_query(call.query);
    // Moved, so that the session token exists only in the request, which is wiped.
    std::ranges::move(added, std::back_inserter(request.headers));
    return request;
}

/// The pause in an x-amz-retry-after header (in milliseconds); zero if there is none.
core::Duration asked_pause(const ports::HttpResponse& response) {
    const auto value = response.header("x-amz-retry-after");
    const char* const end = value.data() + value.size();
    core::Duration::rep count = 0;
    const auto [rest, error] = std::from_chars(value.data(), end, count);
    return error == std::errc() && rest == end && count > 0 ? core::Duration(count) : core::Duration::zero();
}

/// At the start, calls wait for STS to identify the credentials, but only this long.
constexpr std::chrono::seconds others_wait_at_most(5);

bool says_expired(const Error& error) {
    return error.aws_code == "ExpiredToken" || error.aws_code == "ExpiredTokenException" ||
           error.message.find("token included in the request is expired") != std::string::npos;
}

/// Some calls carry tokens.
void wipe_secrets(Call& call) {
    wipe(call.body);
    for (auto& [name, value] : call.headers) wipe(value);
}

}  // namespace

SignedClient::SignedClient(SignedClientParts parts) : parts_(std::move(parts)) {
    if (!parts_.random) parts_.random = seeded_random();
    if (!parts_.pause) parts_.pause = pause_on_loop;
}

Result<SignedClient::Route> SignedClient::route_of(const Call& call) {
    const auto profile = parts_.profiles.load();
    if (!profile) return profile.error();
    auto endpoint = endpoint_for(call.service, call.region, parts_.environment, *profile);
    if (!endpoint) return endpoint.error();
    const auto attempts = max_attempts(parts_.environment, *profile);
    if (!attempts) return attempts.error();
    return Route{std::move(*endpoint), *attempts, std::string(profile->get("ca_bundle"))};
}

asio::awaitable<Result<std::string>> SignedClient::call(Call call) {
    const auto route = route_of(call);
    if (!route) co_return route.error();

    const std::shared_ptr<void> at_end(nullptr, [&call](void*) { wipe_secrets(call); });
    auto credentials = co_await parts_.credentials.get(aws_now());
    bool renewed = false;
    bool clock_corrected = false;
    const bool in_haste = call.at_most > core::Duration::zero();
    int taken = 0;
    bool unanswered = false;
    std::optional<core::TimePoint> end;
    for (int attempts = 1;; ++attempts) {
        if (!credentials) co_return credentials.error();
        if (call.caller)
            if (auto refused = co_await refuse(call, *route, *credentials)) co_return *refused;
        co_await wait_for_turn(call);
        const auto now = parts_.clock.now().boot;
        if (!end)
            end =
                now + (in_haste ? std::min(call.at_most, core::Duration(longest_call)) : core::Duration(longest_call));
        auto [answer, asked, corrected] = co_await attempt(call, *route, *credentials, *end - now);
        if (answer) {
            parts_.credentials.taken(*credentials, call.region);
            quota_.succeeded(taken);
            learn_owner(call, *route, *credentials, *answer);
            co_return std::move(*answer);
        }
        Error error = answer.error();
        if (corrected && !std::exchange(clock_corrected, true)) continue;
        if (error.code == ErrorCode::no_credentials) {
            parts_.credentials.refused(*credentials, call.region, says_expired(error));
        }
        const auto used = *credentials;
        credentials = co_await parts_.credentials.get(aws_now());
        if (error.code == ErrorCode::no_credentials && !renewed && credentials && !credentials->same_keys(used)) {
            renewed = true;
            continue;
        }
        error.unanswered = error.unanswered || unanswered;
        if (in_haste || !worth_repeating(error, attempts, route->attempts)) co_return error;
        const auto pause = retry_pause(attempts, error, asked, parts_.random());
        if (parts_.clock.now().boot + pause >= *end) co_return error;
        taken = quota_.take(error);
        if (taken == 0) co_return error;
        unanswered = unanswered || error.code != ErrorCode::throttled;
        co_await parts_.pause(pause);
    }
}

asio::awaitable<std::optional<Error>> SignedClient::refuse(const Call& call, const Route& route,
                                                           Credentials credentials) {
    const auto number = co_await owner_of(credentials, call.region);
    co_return authorize(*call.caller, call.service, account_at(number, call.region, route.endpoint),
                        credentials.access_key_id);
}

asio::awaitable<std::string> SignedClient::owner_of(Credentials credentials, Region region) {
    if (auto known = owners_.of(credentials); !known.empty()) co_return known;
    if (asking_owner_) {
        const auto others = asking_owner_;
        co_await others->wait();
        co_return owners_.of(credentials);
    }
    if (!owners_.may_ask(credentials, region, parts_.clock.now().boot)) co_return std::string();
    const auto own = asking_owner_ = std::make_shared<AsyncEvent>(co_await asio::this_coro::executor);
    auto ask = sts::identity_call(region);
    ask.at_most = others_wait_at_most;
    const auto answer = co_await call(std::move(ask));  // Also records the owner.
    if (!answer) owners_.failed(credentials, region, parts_.clock.now().boot);
    asking_owner_.reset();
    own->set();
    co_return owners_.of(credentials);
}

void SignedClient::learn_owner(const Call& call, const Route& route, const Credentials& credentials,
                               const std::string& body) {
    const bool tells = call.caller && call.caller->service == call.service && call.caller->account.str().empty();
    if (call.service != "sts" && !tells) return;
    auto number = owner_in(call.service, body);
    if (!number) return;
    if (tells) call.caller->account = account_at(*number, call.region, route.endpoint);
    owners_.learn(credentials, std::move(*number));
}

asio::awaitable<SignedClient::Attempt> SignedClient::attempt(const Call& call, const Route& route,
                                                             const Credentials& credentials, core::Duration time) {
    const std::string& host = route.endpoint.host;
    const auto signed_at = skew_.time_at(host, parts_.clock.now().wall);
    auto request = signed_request(call, route.endpoint, credentials, signed_at);
    request.ca_file = route.ca_file;
    request.total_timeout = std::min(request.total_timeout, std::max(time, core::Duration(1)));
    const auto sent = parts_.clock.now();
    auto response = co_await parts_.http.send(std::move(request));
    if (!response) co_return Attempt{response.error().within(call.operation + " in " + call.region.str())};
    if (parts_.aws_time != nullptr && response->status < 300)
        if (const auto date = date_of(*response)) parts_.aws_time->learn(*date, sent, parts_.clock.now());
    if (response->status < 300) co_return Attempt{std::move(response->body)};

    auto refused = error_of(call, *response);
    refused.unanswered = response->repeated;
    Attempt failed{std::move(refused), asked_pause(*response)};
    const Error& error = failed.answer.error();
    if (error.code == ErrorCode::throttled) tell(throttle_.refused(call, parts_.clock.now().boot));
    if (const auto correction = skew_.learn(host, error, *response, signed_at, parts_.clock.now().wall)) {
        failed.clock_corrected = true;
        tell(correction->say);
    }
    co_return failed;
}

asio::awaitable<void> SignedClient::wait_for_turn(const Call& call) {
    const auto turn = throttle_.take(call, parts_.clock.now().boot);
    tell(turn.say);
    if (turn.wait > core::Duration::zero()) co_await parts_.pause(turn.wait);
}

core::WallTime SignedClient::aws_now() const {
    const auto now = parts_.clock.now();
    return now.wall + (parts_.aws_time == nullptr ? core::Duration::zero() : parts_.aws_time->ahead(now));
}

void SignedClient::tell(const std::string& sentence) const {
    if (!sentence.empty() && parts_.tell) parts_.tell(sentence);
}

}  // namespace doze::aws
