#include "adapters/aws/credentials/sso.hpp"

#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <stdexcept>
#include <utility>

#include "adapters/aws/credentials/provider.hpp"
#include "base/atomic_file.hpp"
#include "base/ownership.hpp"
#include "base/paths.hpp"

namespace doze::aws {

namespace asio = boost::asio;
namespace json = boost::json;

namespace {

// botocore/tokens.py, SSOTokenProvider._REFRESH_WINDOW
constexpr core::Duration renew_before = std::chrono::minutes(15);

constexpr std::size_t largest_token_file = std::size_t{1} << 18;

std::string sha1_hex(std::string_view text) {
    std::array<unsigned char, 20> digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha1(), nullptr) != 1) {
        throw std::logic_error("OpenSSL has no SHA-1");
    }
    std::string name;
    for (const unsigned char byte : digest) name += fmt::format("{:02x}", byte);
    return name;
}

/// The text whose hash names the cache file.
const std::string& name_of(const SsoSession& session) {
    return session.name.empty() ? session.start_url : session.name;
}

std::string path_of(const Environment& environment, const SsoSession& session) {
    return expand_user("~/.aws/sso/cache/" + sha1_hex(name_of(session)) + ".json", environment);
}

Call create_token_call(const SsoSession& session, const json::object& old) {
    auto body = secret_object();
    body["grantType"] = "refresh_token";
    for (const char* member : {"clientId", "clientSecret", "refreshToken"}) body[member] = text_at(old, member);
    return {.service = "sso-oidc",
            .region = session.region,
            .operation = "CreateToken",
            .iam_action = "sso-oauth:CreateToken",
            .path = {"token"},
            .headers = {{"content-type", "application/json"}},
            .body = std::string(to_secret_text(body).view())};
}

/// The token file's new content; empty if the token can't be renewed.
asio::awaitable<std::optional<json::object>> renewed(const ProviderContext& places, const SsoSession& session,
                                                     const json::object& old, core::WallTime now) {
    for (const char* member : {"refreshToken", "clientId", "clientSecret", "registrationExpiresAt"}) {
        if (text_at(old, member).empty()) co_return std::nullopt;
    }
    const auto registered_until = parse_time(text_at(old, "registrationExpiresAt"));
    if (!registered_until || *registered_until <= now) co_return std::nullopt;

    FixedCredentials unsigned_calls;
    SignedClient client(places.client_with(unsigned_calls));
    auto call = create_token_call(session, old);
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return std::nullopt;
    const Secret body = Secret::of(*answer);
    const auto made = parse_secret_json(body.view());
    const auto lifetime = made ? number_at(*made, "expiresIn") : std::nullopt;
    if (!lifetime || text_at(*made, "accessToken").empty()) co_return std::nullopt;

    auto fresh = secret_object();
    fresh["startUrl"] = session.start_url;
    fresh["region"] = session.region.str();
    fresh["accessToken"] = text_at(*made, "accessToken");
    fresh["expiresAt"] = core::to_iso(now + std::chrono::seconds(*lifetime));
    for (const char* member : {"clientId", "clientSecret", "registrationExpiresAt"})
        fresh[member] = text_at(old, member);
    if (const auto next = text_at(*made, "refreshToken"); !next.empty()) fresh["refreshToken"] = next;
    co_return fresh;
}

}  // namespace

Error needs_sso_login(std::string_view why, std::string_view profile) {
    return no_credentials(std::string(why),
                          fmt::format("Run `aws sso login --profile {}`; doze notices by itself.", profile));
}

Result<Secret> read_sso_token(const Environment& environment, const SsoSession& session, std::string_view profile) {
    auto text = read_own_file(path_of(environment, session), largest_token_file);
    if (!text) return no_credentials(text.error().message, text.error().next_step);
    if (!*text) {
        return needs_sso_login(fmt::format("Nobody is signed in to {} with SSO.", name_of(session)), profile);
    }
    return Secret::of(**text);
}

asio::awaitable<Result<Secret>> sso_access_token(const ProviderContext& places, SsoSession session, Secret file,
                                                 std::string profile, core::WallTime now) {
    const std::string path = path_of(places.environment, session);
    const auto token = parse_secret_json(file.view());
    const auto expires = token ? parse_time(text_at(*token, "expiresAt")) : std::nullopt;
    if (!expires || text_at(*token, "accessToken").empty()) {
        co_return needs_sso_login("The SSO token in " + path + " makes no sense.", profile);
    }
    if (!session.name.empty() && *expires - now < renew_before) {
        if (const auto fresh = co_await renewed(places, session, *token, now)) {
            const Secret written = to_secret_text(*fresh);
            std::optional<std::string> before(file.view());
            // If it can't be written, the new token works all the same until the next renewal.
            static_cast<void>(write_file(path, written.view(), before, FileMode::owner_only));
            wipe(*before);
            co_return Secret(text_at(*fresh, "accessToken"));
        }
    }
    if (*expires <= now) {
        co_return needs_sso_login(fmt::format("The SSO sign-in to {} has expired.", name_of(session)), profile);
    }
    co_return Secret(text_at(*token, "accessToken"));
}

namespace {

struct SsoRole {
    std::string account;
    std::string role;
    SsoSession session;
};

/// Combines the profile and its [sso-session].
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
