#include "adapters/aws/credentials/sso.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/credentials/secret_json.hpp"
#include "adapters/aws/credentials/sso_token.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

struct SsoRole {
    std::string account;
    std::string role;
    SsoSession session;
};

/// What the profile and its [sso-session] say together.
Result<SsoRole> sso_role(const Profile& profile) {
    const auto wrong = [&](std::string what) {
        return no_credentials(fmt::format("Profile {} uses SSO, but {}.", profile.name, what),
                              fmt::format("Correct {}, or run `aws configure sso`.", profile.config_file));
    };
    const std::string session(profile.get("sso_session"));
    if (!session.empty() && profile.sso_session.empty()) {
        return wrong(fmt::format("there is no [sso-session {}] in {}", session, profile.config_file));
    }
    for (const auto& [key, value] : profile.sso_session) {
        const auto own = profile.get(key);
        if (!own.empty() && own != value.view())
            return wrong(key + " is another in the profile and in its sso-session");
    }
    const auto setting = [&](const char* key) {
        const auto found = profile.sso_session.find(key);
        return std::string(found != profile.sso_session.end() ? found->second.view() : profile.get(key));
    };
    for (const char* key : {"sso_account_id", "sso_role_name", "sso_start_url", "sso_region"}) {
        if (setting(key).empty()) return wrong(std::string(key) + " is missing");
    }
    auto region = parse_region(setting("sso_region"));
    if (!region) return region.error().within("sso_region");
    return SsoRole{.account = setting("sso_account_id"),
                   .role = setting("sso_role_name"),
                   .session = {.name = session, .start_url = setting("sso_start_url"), .region = std::move(*region)}};
}

Call role_credentials_call(const SsoRole& role, const Secret& token) {
    Call call{.service = "sso",
              .region = role.session.region,
              .operation = "GetRoleCredentials",
              .iam_action = "sso:GetRoleCredentials",
              .method = "GET",
              .path = {"federation", "credentials"},
              .query = {{"account_id", role.account}, {"role_name", role.role}}};
    call.headers.emplace_back("x-amz-sso_bearer_token", token.view());
    return call;
}

asio::awaitable<ProviderResult> ask_portal(const ProviderContext& places, const Profile& profile, SsoRole role,
                                           Secret token_file, core::WallTime now) {
    const auto token = co_await sso_access_token(places, role.session, token_file, profile.name, now);
    if (!token) co_return token.error();
    FixedCredentials unsigned_calls;
    SignedClient client(places.client_with(unsigned_calls));
    auto call = role_credentials_call(role, *token);
    auto answer = co_await client.call(std::move(call));
    if (!answer) {
        if (answer.error().aws_code == "UnauthorizedException") {
            co_return needs_sso_login("The SSO sign-in has ended.", profile.name);
        }
        co_return no_credentials(answer.error().message, answer.error().next_step);
    }
    const Secret body = Secret::of(*answer);
    const auto document = parse_secret_json(body.view());
    const auto* made = document ? find_object(*document, "roleCredentials") : nullptr;
    const auto end = made != nullptr ? number_at(*made, "expiration") : std::nullopt;
    if (!end || text_at(*made, "accessKeyId").empty()) {
        co_return no_credentials("The SSO portal answered something that doze does not understand.",
                                 "doze asks again by itself.");
    }
    co_return Credentials{
        .access_key_id = std::string(text_at(*made, "accessKeyId")),
        .secret_access_key = Secret(text_at(*made, "secretAccessKey")),
        .session_token = Secret(text_at(*made, "sessionToken")),
        .origin = fmt::format("SSO role {} in account {} (profile {})", role.role, role.account, profile.name),
        .expires = core::WallTime(std::chrono::milliseconds(*end)),
        .provider = "sso"};
}

}  // namespace

asio::awaitable<ProviderResult> from_sso(const ProviderContext& places, const Profile& profile, Pace& pace,
                                         core::WallTime now) {
    if (profile.get("sso_account_id").empty() && profile.get("sso_role_name").empty()) {
        co_return NotConfigured{fmt::format("profile {} has no sso_account_id", profile.name)};
    }
    const auto role = sso_role(profile);
    if (!role) co_return role.error();
    const auto file = read_sso_token(places.environment, role->session, profile.name);
    if (!file) co_return file.error();
    const auto ask = [&] { return ask_portal(places, profile, *role, *file, now); };
    co_return co_await pace.ask("SSO " + profile.name, hash_of(role->account, role->role, file->view()), now, ask);
}

}  // namespace doze::aws
