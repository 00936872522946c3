#include "adapters/aws/credentials/metadata_services.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "adapters/aws/credentials/chain.hpp"
#include "adapters/aws/credentials/provider.hpp"
#include "base/ownership.hpp"
#include "base/text.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

constexpr const char* relative_variable = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI";
constexpr const char* full_variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
constexpr const char* token_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
constexpr const char* token_file_variable = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";

// The addresses of ECS and of EKS pod identity.
constexpr std::array<std::string_view, 3> aws_addresses{"169.254.170.2", "169.254.170.23", "fd00:ec2::23"};

// Timeout and attempts as in botocore/utils.py, ContainerMetadataFetcher.
constexpr core::Duration timeout = std::chrono::seconds(2);
constexpr int attempts = 3;

Error trouble(std::string message) {
    return no_credentials(std::move(message), fmt::format("Correct the variables {}, {} and {}, or unset them.",
                                                          relative_variable, full_variable, token_file_variable));
}

/// Whether plain http to this host is allowed.
bool is_trusted(const std::string& host) {
    boost::system::error_code no_address;
    const auto address = asio::ip::make_address(host, no_address);
    if (no_address) return host == "localhost";
    return address.is_loopback() || std::ranges::find(aws_addresses, address.to_string()) != aws_addresses.end();
}

/// The URL to ask; empty if the environment has none.
Result<std::optional<std::string>> container_url(const Environment& environment) {
    if (const auto relative = environment(relative_variable).value_or(""); !relative.empty()) {
        if (relative.front() != '/') return trouble(fmt::format("{} does not begin with a slash.", relative_variable));
        return std::optional("http://169.254.170.2" + relative);
    }
    auto full = environment(full_variable).value_or("");
    if (full.empty()) return std::optional<std::string>();
    const auto url = boost::urls::parse_uri(full);
    // Boost.URL 1.81 splits 127.0.0.1.example.com into the host 127.0.0.1 and a path.
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

/// The value of the Authorization header; empty: no header.
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

namespace asio = boost::asio;

namespace {

// As in botocore: DEFAULT_METADATA_SERVICE_TIMEOUT.
constexpr core::Duration answers_within = std::chrono::seconds(1);

// If the service has only expired keys, AWS keeps accepting them: doze uses them and asks again later
// (botocore/utils.py, _evaluate_expiration).
constexpr core::Duration shortest_life = std::chrono::minutes(20);

constexpr const char* keys_path = "/latest/meta-data/iam/security-credentials/";

std::string setting(const ProviderContext& places, const Profile& profile, const char* variable, const char* key) {
    auto value = places.environment(variable).value_or("");
    return value.empty() ? std::string(profile.get(key)) : value;
}

/// Talks to one instance metadata service. Its errors read "the EC2 instance metadata service ...".
class MetadataService {
   public:
    MetadataService(ports::HttpClient& http, std::string base) : http_(http), base_(std::move(base)) {}

    /// Gets the session token that all other requests need.
    asio::awaitable<Result<void>> open() {
        ports::HttpRequest request = request_for("PUT", "/latest/api/token");
        request.headers.emplace_back("x-aws-ec2-metadata-token-ttl-seconds", "21600");
        auto body = co_await send(std::move(request));
        if (!body) co_return body.error();
        token_ = std::move(*body);
        co_return Result<void>();
    }

    asio::awaitable<Result<Secret>> get(std::string path) {
        ports::HttpRequest request = request_for("GET", path);
        request.headers.emplace_back("x-aws-ec2-metadata-token", token_.view());
        co_return co_await send(std::move(request));
    }

   private:
    [[nodiscard]] ports::HttpRequest request_for(const char* method, const std::string& path) const {
        return {.method = method,
                .url = base_ + path,
                .connect_timeout = answers_within,
                .total_timeout = answers_within,
                .direct = true};
    }

    asio::awaitable<Result<Secret>> send(ports::HttpRequest request) {
        auto response = co_await http_.send(std::move(request));
        if (!response) co_return Error{.code = ErrorCode::no_credentials, .message = "does not answer"};
        if (response->status != 200 || response->body.empty()) {
            co_return Error{.code = ErrorCode::no_credentials,
                            .message = fmt::format("answers with HTTP {}", response->status)};
        }
        co_return Secret::of(response->body);
    }

    ports::HttpClient& http_;
    std::string base_;
    Secret token_;
};

/// The service's base URL; an error if it must not be asked.
Result<std::string> base_of(const ProviderContext& places, const Profile& profile) {
    const auto bad = [](std::string what) { return no_credentials(std::move(what), "Correct or unset it."); };
    if (lower_case(places.environment("AWS_EC2_METADATA_DISABLED").value_or("")) == "true") {
        return bad("is switched off by AWS_EC2_METADATA_DISABLED");
    }
    auto base = setting(places, profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint");
    const auto mode = lower_case(
        setting(places, profile, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode"));
    if (!mode.empty() && mode != "ipv4" && mode != "ipv6") {
        return bad("can't be asked: AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE is neither IPv4 nor IPv6");
    }
    if (base.empty()) base = mode == "ipv6" ? "http://[fd00:ec2::254]" : "http://169.254.169.254";
    while (base.ends_with('/')) base.pop_back();
    return base;
}

NotConfigured not_there(const Error& error) {
    return {.why = "the EC2 instance metadata service " + error.message, .for_now = true};
}

asio::awaitable<ProviderResult> ask_for_keys(ports::HttpClient& http, std::string base, core::WallTime now) {
    MetadataService service(http, std::move(base));
    if (const auto opened = co_await service.open(); !opened) co_return not_there(opened.error());
    const auto names = co_await service.get(keys_path);
    if (!names) {
        const bool none = names.error().message.ends_with("404");
        co_return none ? NotConfigured{"this EC2 instance has no role"} : not_there(names.error());
    }
    const std::string role(names->view().substr(0, names->view().find('\n')));
    const auto body = co_await service.get(keys_path + role);
    if (!body) co_return not_there(body.error());
    const auto document = parse_secret_json(body->view());
    if (!document) co_return NotConfigured{"the EC2 instance metadata service answers with something that is no JSON"};
    auto keys = read_keys(*document, "Token", "The EC2 instance metadata service");
    if (!keys)
        co_return NotConfigured{
            fmt::format("the EC2 instance's role {} gives no keys ({})", role, text_at(*document, "Code"))};
    if (keys->expires) keys->expires = std::max(*keys->expires, now + shortest_life);
    keys->origin = fmt::format("the EC2 instance metadata service (role {})", role);
    keys->provider = "instance_metadata";
    co_return std::move(*keys);
}

}  // namespace

asio::awaitable<ProviderResult> from_instance_metadata(const ProviderContext& places, const Profile& profile,
                                                       Pace& pace, core::WallTime now) {
    const auto base = base_of(places, profile);
    if (!base) co_return not_there(base.error());
    const auto ask = [&] { return ask_for_keys(places.http, *base, now); };
    co_return co_await pace.ask("instance metadata", hash_of(*base), now, ask);
}

asio::awaitable<Result<Region>> region_of_instance(const ProviderContext& places, const Profile& profile) {
    const auto base = base_of(places, profile);
    if (!base) co_return base.error();
    MetadataService service(places.http, *base);
    if (const auto opened = co_await service.open(); !opened) co_return opened.error();
    const auto name = co_await service.get("/latest/meta-data/placement/region");
    if (!name) co_return name.error();
    co_return parse_region(name->view());
}

}  // namespace doze::aws
