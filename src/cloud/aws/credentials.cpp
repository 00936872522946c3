#include "cloud/aws/credentials.hpp"

#include <fmt/format.h>
#include <time.h>
#include <utility>
#include <variant>

namespace doze::cloud::aws {

namespace {

/// A place that has no keys, and why. The next place is asked.
struct Absent {
    std::string why;
};

/// The keys, or why there are none here, or a reason to look no further.
using Found = std::variant<Credentials, Absent, Error>;

Error no_credentials(std::string message, std::string next_step) {
    return {.code = ErrorCode::no_credentials, .message = std::move(message), .next_step = std::move(next_step)};
}

/// ISO 8601 with a zone, such as 2026-03-01T12:00:00+00:00.
std::optional<core::WallTime> parse_time(const std::string& text) {
    std::tm parts = {};
    const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    const long ahead = parts.tm_gmtoff;
    return core::WallTime(std::chrono::seconds(::timegm(&parts) - ahead));
}

Found from_environment(const Environment& environment, core::WallTime now) {
    const auto variable = [&](const char* name) { return environment(name).value_or(""); };
    Credentials found{.access_key_id = variable("AWS_ACCESS_KEY_ID"),
                      .secret_access_key = Secret(variable("AWS_SECRET_ACCESS_KEY")),
                      .session_token = Secret(variable("AWS_SESSION_TOKEN")),
                      .origin = "the environment"};
    if (found.access_key_id.empty() && found.secret_access_key.empty()) {
        return Absent{"AWS_ACCESS_KEY_ID is not set in the environment"};
    }
    if (found.access_key_id.empty() || found.secret_access_key.empty()) {
        const bool no_id = found.access_key_id.empty();
        return no_credentials(fmt::format("{} is set in the environment, but {} is not.",
                                          no_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                                          no_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"),
                              "Set both, or neither to use a profile of ~/.aws.");
    }
    const std::string expiration = variable("AWS_CREDENTIAL_EXPIRATION");
    if (const auto end = parse_time(expiration); end && *end <= now) {
        return no_credentials("The AWS credentials in the environment expired at " + expiration + ".",
                              "Sign in again (for example `aws sso login`), export fresh ones and restart doze.");
    }
    return found;
}

/// How a profile that holds no keys itself gets them; empty where it does not.
std::string_view unsupported_kind(const Profile& profile) {
    if (!profile.get("role_arn").empty()) return "role_arn";
    for (const char* key : {"sso_session", "sso_account_id", "sso_start_url"}) {
        if (!profile.get(key).empty()) return "sso";
    }
    return {};
}

Error unsupported(const Profile& profile, std::string_view kind) {
    return no_credentials(
        fmt::format("Profile {} gets its credentials by {}, which doze does not support yet.", profile.name, kind),
        fmt::format("Run `aws configure export-credentials --profile {} --format env` and start doze with the "
                    "variables that it prints.",
                    profile.name));
}

/// The keys that one file has for the profile.
Found from_file(const Profile& profile, const ProfileSettings& settings, const std::string& file) {
    const auto setting = [&](const char* key) {
        const auto found = settings.find(key);
        return found == settings.end() ? std::string_view() : found->second.view();
    };
    const auto id = setting("aws_access_key_id");
    const auto secret = setting("aws_secret_access_key");
    if (id.empty() && secret.empty()) return Absent{};
    if (id.empty() || secret.empty()) {
        return no_credentials(fmt::format("Profile {} of {} has no {}.", profile.name, file,
                                          id.empty() ? "aws_access_key_id" : "aws_secret_access_key"),
                              "Add it, or run `aws configure --profile " + profile.name + "`.");
    }
    return Credentials{.access_key_id = std::string(id),
                       .secret_access_key = Secret(secret),
                       .session_token = Secret(setting("aws_session_token")),
                       .origin = fmt::format("profile {} of {}", profile.name, file)};
}

/// In the order of the AWS CLI: role and SSO, the credentials file, a program, the config file.
Found from_profile(const Profile& profile) {
    if (!profile.found()) {
        return Absent{fmt::format("there is no profile {} in {} or {}", profile.name, profile.credentials_file,
                                  profile.config_file)};
    }
    if (const auto kind = unsupported_kind(profile); !kind.empty()) return unsupported(profile, kind);
    Found keys = from_file(profile, profile.credentials, profile.credentials_file);
    if (!std::holds_alternative<Absent>(keys)) return keys;
    if (!profile.get("credential_process").empty()) return unsupported(profile, "credential_process");
    keys = from_file(profile, profile.config, profile.config_file);
    if (!std::holds_alternative<Absent>(keys)) return keys;
    return Absent{fmt::format("profile {} has no aws_access_key_id in {} or {}", profile.name, profile.credentials_file,
                              profile.config_file)};
}

}  // namespace

CredentialsChain::CredentialsChain(Environment environment, Profiles& profiles)
    : environment_(std::move(environment)), profiles_(profiles) {}

Result<Credentials> CredentialsChain::get(core::WallTime now) {
    Found environment = Absent{"the environment is not used because a profile was asked for by name"};
    if (!profiles_.is_explicit()) environment = from_environment(environment_, now);
    if (auto* keys = std::get_if<Credentials>(&environment)) return std::move(*keys);
    if (auto* error = std::get_if<Error>(&environment)) return std::move(*error);
    const std::string& why = std::get<Absent>(environment).why;

    auto profile = profiles_.load();
    Found found = profile ? from_profile(*profile) : Found(profile.error());
    if (auto* keys = std::get_if<Credentials>(&found)) return std::move(*keys);
    if (const auto* error = std::get_if<Error>(&found)) {
        return no_credentials(fmt::format("No AWS credentials: {}. {}", why, error->message), error->next_step);
    }
    return no_credentials(fmt::format("No AWS credentials: {}, and {}.", why, std::get<Absent>(found).why),
                          "Run `aws configure`, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
}

}  // namespace doze::cloud::aws
