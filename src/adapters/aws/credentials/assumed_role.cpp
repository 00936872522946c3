#include "adapters/aws/credentials/assumed_role.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/credentials/chain.hpp"
#include "adapters/aws/credentials/metadata_services.hpp"
#include "adapters/aws/credentials/process.hpp"
#include "adapters/aws/credentials/provider.hpp"
#include "adapters/aws/credentials/sso.hpp"
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
    // Appended last, so that the token exists only in this text, which the client wipes.
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

namespace asio = boost::asio;

namespace {

Error wrong(const Profile& profile, std::string what) {
    return no_credentials(fmt::format("Profile {} {}.", profile.name, what),
                          fmt::format("Correct {}; doze reads it again by itself.", profile.config_file));
}

bool takes_role(const Profile& profile) {
    return !profile.get("role_arn").empty() && profile.get("web_identity_token_file").empty();
}

bool has_keys(const Profile& profile) {
    return !profile.get("aws_access_key_id").empty() || !profile.get("aws_secret_access_key").empty();
}

/// The profile's keys in one of the two files.
ProviderResult from_file(const Profile& profile, const ProfileSettings& settings, const std::string& file,
                         const char* provider) {
    const auto setting = [&](const char* key) {
        const auto found = settings.find(key);
        return found == settings.end() ? std::string_view() : found->second.view();
    };
    const auto id = setting("aws_access_key_id");
    const auto secret = setting("aws_secret_access_key");
    if (id.empty() && secret.empty()) {
        return NotConfigured{fmt::format("profile {} has no aws_access_key_id in {}", profile.name, file)};
    }
    if (id.empty() || secret.empty()) {
        return no_credentials(fmt::format("Profile {} of {} has no {}.", profile.name, file,
                                          id.empty() ? "aws_access_key_id" : "aws_secret_access_key"),
                              "Add it, or run `aws configure --profile " + profile.name + "`.");
    }
    const auto old_token = setting("aws_security_token");
    return Credentials{.access_key_id = std::string(id),
                       .secret_access_key = Secret(secret),
                       .session_token = Secret(old_token.empty() ? setting("aws_session_token") : old_token),
                       .origin = fmt::format("profile {} of {}", profile.name, file),
                       .provider = provider};
}

Call assume_role_call(const Profile& profile, Region region) {
    QueryPairs parameters{{"RoleArn", std::string(profile.get("role_arn"))},
                          {"RoleSessionName", std::string(profile.get("role_session_name"))}};
    if (parameters.back().second.empty()) parameters.back().second = "doze";
    if (const auto id = profile.get("external_id"); !id.empty()) parameters.emplace_back("ExternalId", id);
    const auto duration = profile.get("duration_seconds");
    int seconds = 0;
    const auto [end, error] = std::from_chars(duration.data(), duration.data() + duration.size(), seconds);
    // Like the AWS CLI, ignores a value that is not a number.
    if (error == std::errc() && end == duration.data() + duration.size()) {
        parameters.emplace_back("DurationSeconds", std::to_string(seconds));
    }
    return query_call("sts", std::move(region), "AssumeRole", "2011-06-15", std::move(parameters));
}

/// The next step after STS refused a role; empty if the error has one already.
std::string advice_about(const Error& error, const Profile& profile) {
    const auto says = [&](std::string_view words) { return error.message.find(words) != std::string::npos; };
    if (profile.get("duration_seconds").empty() || (!says("DurationSeconds") && !says("durationSeconds"))) return {};
    const auto file = profile.credentials.contains("duration_seconds") ? profile.credentials_file : profile.config_file;
    const auto take_out = fmt::format("Take duration_seconds out of profile {} in {}", profile.name, file);
    if (says("role chaining")) return take_out + ": a role taken with another role holds 3600 s at most.";
    if (says("MaxSessionDuration")) return take_out + ", or ask for no more than the role's maximum session duration.";
    return take_out + ", or set it to between 900 and 43200.";
}

asio::awaitable<ProviderResult> ask_for_role(const ProviderContext& places, const Profile& profile,
                                             Credentials source) {
    const std::string role(profile.get("role_arn"));
    auto region = region_for_sts(places.environment, profile, role);
    if (!region) co_return region.error();
    std::string by = source.origin;
    FixedCredentials signer(std::move(source));
    SignedClient client(places.client_with(signer));
    auto call = assume_role_call(profile, std::move(*region));
    auto keys = co_await ask_sts(client, std::move(call));
    if (!keys) {
        Error error = keys.error().within("Profile " + profile.name);
        if (auto advice = advice_about(error, profile); !advice.empty()) error.next_step = std::move(advice);
        co_return error;
    }
    keys->origin = fmt::format("role {} of profile {}, by {}", role, profile.name, by);
    keys->provider = "assume_role";
    co_return std::move(*keys);
}

}  // namespace

asio::awaitable<ProviderResult> ProfileKeys::find(Profile profile, bool with_environment, core::WallTime now) {
    if (takes_role(profile)) {
        Names visited(1, profile.name);
        co_return co_await take_role(std::move(profile), std::move(visited), now);
    }
    co_return co_await without_role(profile, with_environment, now);
}

asio::awaitable<ProviderResult> ProfileKeys::take_role(Profile profile, Names visited, core::WallTime now) {
    if (const auto mfa = profile.get("mfa_serial"); !mfa.empty()) {
        co_return no_credentials(
            fmt::format("Profile {} needs an MFA code each time, and doze can't ask for one.", profile.name),
            fmt::format(
                "Take a profile without mfa_serial (SSO, for example), or run `aws configure export-credentials "
                "--profile {} --format env` and start doze with the variables that it prints.",
                profile.name));
    }
    auto source = co_await source_of_role(profile, std::move(visited), now);
    auto* keys = std::get_if<Credentials>(&source);
    if (keys == nullptr) co_return source;
    const std::size_t input =
        hash_of(keys->access_key_id, keys->session_token.view(), profile.get("role_arn"), profile.get("external_id"));
    const auto ask = [&] { return ask_for_role(places_, profile, *keys); };
    co_return co_await pace_.ask("role " + profile.name, input, now, ask);
}

asio::awaitable<ProviderResult> ProfileKeys::source_of_role(const Profile& profile, Names visited, core::WallTime now) {
    const std::string parent(profile.get("source_profile"));
    const std::string source(profile.get("credential_source"));
    if (parent.empty() == source.empty()) {
        co_return wrong(profile, parent.empty() ? "has a role_arn, but neither source_profile nor credential_source"
                                                : "has both source_profile and credential_source");
    }
    if (!source.empty()) co_return co_await named_source(source, profile, now);

    auto loaded = places_.profiles.load(parent);
    if (!loaded) co_return loaded.error();
    if (!loaded->found)
        co_return wrong(profile, fmt::format("names the source_profile {}, which does not exist", parent));
    // A profile may name itself as source: its keys assume its role.
    const bool own_keys = parent == profile.name && has_keys(*loaded);
    if (std::ranges::find(visited, parent) != visited.end() && !own_keys) {
        co_return wrong(profile, fmt::format("leads back to itself: {} -> {}", fmt::join(visited, " -> "), parent));
    }
    if (takes_role(*loaded) && !has_keys(*loaded)) {
        visited.push_back(parent);
        co_return co_await take_role(std::move(*loaded), std::move(visited), now);
    }
    auto found = co_await without_role(*loaded, false, now);
    if (std::holds_alternative<NotConfigured>(found)) {
        co_return wrong(profile, fmt::format("names the source_profile {}, which has no credentials", parent));
    }
    co_return found;
}

asio::awaitable<ProviderResult> ProfileKeys::named_source(std::string source, const Profile& profile,
                                                          core::WallTime now) {
    ProviderResult found = NotConfigured{};
    if (source == "Environment") {
        found = from_environment(places_.environment, now);
    } else if (source == "EcsContainer") {
        found = co_await from_container(places_, pace_, now);
    } else if (source == "Ec2InstanceMetadata") {
        found = co_await from_instance_metadata(places_, profile, pace_, now);
    } else {
        co_return wrong(profile,
                        "has a credential_source that is none of Environment, Ec2InstanceMetadata and EcsContainer");
    }
    if (const auto* absent = std::get_if<NotConfigured>(&found)) {
        co_return wrong(profile, fmt::format("gets no keys from its credential_source {}: {}", source, absent->why));
    }
    co_return found;
}

asio::awaitable<ProviderResult> ProfileKeys::without_role(const Profile& profile, bool with_environment,
                                                          core::WallTime now) {
    auto found = co_await from_web_identity(places_, profile, with_environment, pace_, now);
    if (!std::holds_alternative<NotConfigured>(found)) co_return found;
    if (!profile.found) {
        co_return NotConfigured{fmt::format("there is no profile {} in {} or {}", profile.name,
                                            profile.credentials_file, profile.config_file)};
    }
    found = co_await from_sso(places_, profile, pace_, now);
    if (!std::holds_alternative<NotConfigured>(found)) co_return found;
    found = from_file(profile, profile.credentials, profile.credentials_file, "credentials_file");
    if (!std::holds_alternative<NotConfigured>(found)) co_return found;
    if (!profile.get("login_session").empty()) {
        co_return no_credentials(
            fmt::format("Profile {} gets its credentials by `aws login`, which doze does not read.", profile.name),
            fmt::format(
                "Add to the profile: credential_process = aws configure export-credentials --profile {} --format "
                "process",
                profile.name));
    }
    found = co_await from_process(profile, pace_, now);
    if (!std::holds_alternative<NotConfigured>(found)) co_return found;
    found = from_file(profile, profile.config, profile.config_file, "config_file");
    if (!std::holds_alternative<NotConfigured>(found)) co_return found;
    co_return NotConfigured{fmt::format("profile {} has no keys in {} or {}, and no role, SSO or program", profile.name,
                                        profile.credentials_file, profile.config_file)};
}

}  // namespace doze::aws
