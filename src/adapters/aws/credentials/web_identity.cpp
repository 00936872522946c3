#include "adapters/aws/credentials/web_identity.hpp"

#include <fmt/format.h>
#include <utility>

#include "adapters/aws/credentials/provider.hpp"
#include "adapters/aws/credentials/region.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"
#include "base/ownership.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

struct WebIdentity {
    std::string token_file;
    std::string role_arn;
    std::string session_name;
};

asio::awaitable<ProviderResult> ask(const ProviderContext& places, const Profile& profile, WebIdentity identity,
                                    Secret token) {
    const auto region = region_for_sts(places.environment, profile, identity.role_arn);
    if (!region) co_return region.error();
    QueryPairs parameters{{"RoleArn", identity.role_arn}, {"RoleSessionName", identity.session_name}};
    auto call = query_call("sts", *region, "AssumeRoleWithWebIdentity", "2011-06-15", std::move(parameters));
    // Appended last, so that the token is in this one place only, which the client wipes.
    call.body.reserve(call.body.size() + 32 + 3 * token.view().size());
    call.body += "&WebIdentityToken=";
    call.body += uri_encode(token.view());
    FixedCredentials unsigned_calls;
    SignedClient client(places.client_with(unsigned_calls));
    auto keys = co_await ask_sts(client, std::move(call));
    if (!keys) co_return no_credentials(keys.error().message, keys.error().next_step);
    keys->origin = fmt::format("role {} by the web identity token in {}", identity.role_arn, identity.token_file);
    keys->provider = "web_identity";
    co_return std::move(*keys);
}

}  // namespace

asio::awaitable<ProviderResult> from_web_identity(const ProviderContext& places, const Profile& profile,
                                                  bool with_environment, Pace& pace, core::WallTime now) {
    const auto setting = [&](const char* variable, const char* key) {
        auto value = with_environment ? places.environment(variable).value_or("") : std::string();
        return value.empty() ? std::string(profile.get(key)) : value;
    };
    WebIdentity identity{.token_file = setting("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file"),
                         .role_arn = setting("AWS_ROLE_ARN", "role_arn"),
                         .session_name = setting("AWS_ROLE_SESSION_NAME", "role_session_name")};
    if (identity.token_file.empty()) co_return NotConfigured{"AWS_WEB_IDENTITY_TOKEN_FILE is not set"};
    if (identity.role_arn.empty()) {
        co_return no_credentials("There is a web identity token file, but no role to take with it.",
                                 "Set AWS_ROLE_ARN, or role_arn in the profile.");
    }
    if (identity.session_name.empty()) identity.session_name = "doze";
    auto text = read_own_file(identity.token_file, std::size_t{64} << 10);
    if (!text || !*text) {
        co_return no_credentials(
            text ? "There is no web identity token file " + identity.token_file + "." : text.error().message,
            identity.token_file.starts_with('~')
                ? "Write the whole path in AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file in the profile: "
                  "as with the AWS CLI, ~ stands for no folder there."
                : "Correct AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file in the profile.");
    }
    const Secret token = Secret::of(**text);
    const auto asking = [&] { return ask(places, profile, identity, token); };
    co_return co_await pace.ask("web identity " + profile.name, hash_of(identity.role_arn, token.view()), now, asking);
}

}  // namespace doze::aws
