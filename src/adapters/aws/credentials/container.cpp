#include "adapters/aws/credentials/container.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "adapters/aws/credentials/kept_keys.hpp"
#include "adapters/aws/credentials/secret_json.hpp"
#include "base/ownership.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

constexpr const char* relative_variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* full_variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* token_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* token_file_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

// Of ECS and of EKS pod identity.
constexpr std::array<std::string_view, 3> aws_addresses{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};

// Timeout and attempts as in botocore/utils.py, ContainerMetadataFetcher.
constexpr core::Duration timeout = std::chrono::seconds(2);
constexpr int attempts = 3;

Error trouble(std::string message) {
    return no_credentials(std::move(message), fmt::format("Correct the variables {}, {} and {}, or unset them.",
                                                          relative_variable, full_variable, token_file_variable));
}

/// May this host be asked without encryption?
bool is_trusted(const std::string& host) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (no_address) return host == "localhost";
    return address.is_loopback() || std::ranges::find(aws_addresses, address.to_string()) != aws_addresses.end();
}

/// The URL to ask; none where the environment names none.
Result<std::optional<std::string>> container_url(const Environment& environment) {
    if (const auto relative = environment(relative_variable).value_or(""); !relative.empty()) {
        if (relative.front() != '/') return trouble(fmt::format("{} does not begin with a slash.", relative_variable));
        return std::optional("http://169.254.170.2" + relative);
    }
    auto full = environment(full_variable).value_or("");
    if (full.empty()) return std::optional<std::string>();
    const auto url = boost::urls::parse_uri(full);
    // Boost.URL 1.81 takes 127.0.0.1.example.com for the host 127.0.0.1 and a path.
    const bool whole_host = url && (url->encoded_path().empty() || url->encoded_path().starts_with('/'));
    if (!whole_host || (url->scheme() != "http" && url->scheme() != "https") || url->has_userinfo()) {
        return trouble(fmt::format("{} is not a URL like http://127.0.0.1/keys.", full_variable));
    }
    if (url->scheme() == "http" && !is_trusted(url->host_address())) {
        return trouble(
            fmt::format("{} names a host that must not be asked without encryption; http is for this "
                        "machine, 169.254.170.2, 169.254.170.23 and fd00:ec2::23.",
                        full_variable));
    }
    return std::optional(std::move(full));
}

/// What the Authorization header shall hold; empty for none.
Result<Secret> container_token(const Environment& environment) {
    Secret token = secret_variable(environment, token_variable);
    if (const auto file = environment(token_file_variable).value_or(""); !file.empty()) {
        auto text = read_own_file(file, std::size_t{64} << 10);
        if (!text) return trouble(text.error().message);
        if (!*text) return trouble(fmt::format("{} names {}, which is not there.", token_file_variable, file));
        token = Secret::of(**text);
    }
    if (token.view().find_first_of("\r\n") != std::string_view::npos) {
        return trouble("The authorization token for the container's endpoint holds a line break.");
    }
    return token;
}

asio::awaitable<ProviderResult> ask_endpoint(const ProviderContext& places, std::string url, Secret token,
                                             core::WallTime now) {
    std::string problem;
    for (int attempt = 1; attempt <= attempts; ++attempt) {
        ports::HttpRequest request{.url = url,
                                   .headers = {{"Accept", "application/json"}},
                                   .connect_timeout = timeout,
                                   .total_timeout = timeout,
                                   .direct = url.starts_with("http:")};
        if (!token.empty()) request.headers.emplace_back("Authorization", token.view());
        auto response = co_await places.http.send(std::move(request));
        if (!response) {
            problem = response.error().message;
            continue;
        }
        const Secret body = Secret::of(response->body);
        const auto document = parse_secret_json(body.view());
        if (response->status != 200 || !document) {
            problem = response->status != 200 ? fmt::format("It answered with HTTP {}.", response->status)
                                              : std::string("It answered with something that is no JSON.");
            continue;
        }
        auto keys = read_keys(*document, "Token", "The container's credentials endpoint");
        if (!keys) co_return keys.error();
        if (keys->expires && *keys->expires <= now) {
            problem = "Its keys have expired.";
            continue;
        }
        keys->origin = "the container's credentials endpoint";
        keys->provider = "container";
        co_return std::move(*keys);
    }
    co_return trouble("The container's credentials endpoint gave no keys. " + problem);
}

}  // namespace

asio::awaitable<ProviderResult> from_container(const ProviderContext& places, Pace& pace, core::WallTime now) {
    const auto url = container_url(places.environment);
    if (!url) co_return url.error();
    if (!*url) co_return NotConfigured{fmt::format("{} is not set", relative_variable)};
    const auto token = container_token(places.environment);
    if (!token) co_return token.error();
    const auto ask = [&] { return ask_endpoint(places, **url, *token, now); };
    co_return co_await pace.ask("container", hash_of(**url, token->view()), now, ask);
}

}  // namespace doze::aws
