#include "cloud/aws/signed_client.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <random>
#include <utility>

#include "cloud/aws/errors.hpp"
#include "cloud/aws/sigv4.hpp"

namespace doze::cloud::aws {

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
    const auto added = sign({.method = call.method,
                             .host = endpoint.host,
                             .path = path,
                             .query = call.query,
                             .headers = call.headers,
                             .body = call.body},
                            credentials, {.region = call.region, .service = call.service, .at = now});
    ports::HttpRequest request{
        .method = call.method, .url = endpoint.origin + path, .headers = call.headers, .body = call.body};
    if (!call.query.empty()) request.url += "?" + encode_query(call.query);
    request.headers.insert(request.headers.end(), added.begin(), added.end());
    return request;
}

}  // namespace

SignedClient::SignedClient(SignedClientParts parts) : parts_(std::move(parts)) {
    if (!parts_.random) parts_.random = seeded_random();
    if (!parts_.pause) parts_.pause = pause_on_loop;
}

Result<Endpoint> SignedClient::endpoint_of(const Call& call) {
    const auto profile = parts_.profiles.load();
    if (!profile) return profile.error();
    return endpoint_for(call.service, call.region, parts_.environment, *profile);
}

asio::awaitable<Result<std::string>> SignedClient::call(Call call) {
    const auto endpoint = endpoint_of(call);
    if (!endpoint) co_return endpoint.error();

    auto credentials = parts_.credentials.get(parts_.clock.now().wall);
    bool renewed = false;
    int taken = 0;
    for (int attempts = 1;; ++attempts) {
        if (!credentials) co_return credentials.error();
        auto answer = co_await attempt(call, *endpoint, *credentials);
        if (answer) {
            quota_.succeeded(taken);
            co_return std::move(*answer);
        }
        const Error& error = answer.error();
        const auto used = std::exchange(credentials, parts_.credentials.get(parts_.clock.now().wall));
        if (error.code == ErrorCode::no_credentials && !renewed && credentials && *credentials != *used) {
            renewed = true;
            continue;
        }
        if (!worth_repeating(error, attempts)) co_return error;
        taken = quota_.take(error);
        if (taken == 0) co_return error;
        co_await parts_.pause(retry_pause(attempts, parts_.random()));
    }
}

asio::awaitable<Result<std::string>> SignedClient::attempt(const Call& call, const Endpoint& endpoint,
                                                           const Credentials& credentials) {
    auto request = signed_request(call, endpoint, credentials, parts_.clock.now().wall);
    auto response = co_await parts_.http.send(std::move(request));
    if (!response) co_return response.error().within(call.operation + " in " + call.region.str());
    if (response->status >= 300) co_return error_of(call, *response);
    co_return std::move(response->body);
}

}  // namespace doze::cloud::aws
