#include "adapters/aws/credentials/instance_metadata.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/credentials/secret_json.hpp"
#include "base/text.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

// As in botocore: DEFAULT_METADATA_SERVICE_TIMEOUT.
constexpr core::Duration answers_within = std::chrono::seconds(1);

// Where the service has only old keys to offer, AWS lets them work on: they are used, and asked for again later
// (botocore/utils.py, _evaluate_expiration).
constexpr core::Duration shortest_life = std::chrono::minutes(20);

constexpr const char* keys_path = "/latest/meta-data/iam/security-credentials/";

std::string setting(const ProviderContext& places, const Profile& profile, const char* variable, const char* key) {
    auto value = places.environment(variable).value_or("");
    return value.empty() ? std::string(profile.get(key)) : value;
}

/// Asks one instance metadata service. Its errors go on "the EC2 instance metadata service ...".
class MetadataService {
   public:
    MetadataService(ports::HttpClient& http, std::string base) : http_(http), base_(std::move(base)) {}

    /// Gets the session token, on which everything else depends.
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

/// Where the service answers; an error where it must not be asked.
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

NotConfigured absent(const Error& error) {
    return {.why = "the EC2 instance metadata service " + error.message, .for_now = true};
}

asio::awaitable<ProviderResult> ask_for_keys(ports::HttpClient& http, std::string base, core::WallTime now) {
    MetadataService service(http, std::move(base));
    if (const auto opened = co_await service.open(); !opened) co_return absent(opened.error());
    const auto names = co_await service.get(keys_path);
    if (!names) {
        const bool none = names.error().message.ends_with("404");
        co_return none ? NotConfigured{"this EC2 instance has no role"} : absent(names.error());
    }
    const std::string role(names->view().substr(0, names->view().find('\n')));
    const auto body = co_await service.get(keys_path + role);
    if (!body) co_return absent(body.error());
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
    if (!base) co_return absent(base.error());
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
