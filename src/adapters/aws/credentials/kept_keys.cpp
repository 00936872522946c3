#include "adapters/aws/credentials/kept_keys.hpp"

#include <fmt/format.h>
#include <utility>

namespace doze::aws {

namespace asio = boost::asio;

Secret secret_variable(const Environment& environment, const char* name) {
    auto text = environment(name);
    return text ? Secret::of(*text) : Secret();
}

ProviderResult from_environment(const Environment& environment, core::WallTime now) {
    Credentials found{.access_key_id = environment("AWS_ACCESS_KEY_ID").value_or(""),
                      .secret_access_key = secret_variable(environment, "AWS_SECRET_ACCESS_KEY"),
                      .session_token = secret_variable(environment, "AWS_SECURITY_TOKEN"),
                      .origin = "the environment",
                      .provider = "environment"};
    if (found.session_token.empty()) found.session_token = secret_variable(environment, "AWS_SESSION_TOKEN");
    if (found.access_key_id.empty() && found.secret_access_key.empty()) {
        return NotConfigured{"AWS_ACCESS_KEY_ID is not set in the environment"};
    }
    if (found.access_key_id.empty() || found.secret_access_key.empty()) {
        const bool no_id = found.access_key_id.empty();
        return no_credentials(fmt::format("{} is set in the environment, but {} is not.",
                                          no_id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID",
                                          no_id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY"),
                              "Set both, or neither to use a profile of ~/.aws.");
    }
    const std::string expiration = environment("AWS_CREDENTIAL_EXPIRATION").value_or("");
    found.expires = parse_time(expiration);
    if (found.expires && *found.expires <= now) {
        return no_credentials("The AWS credentials in the environment expired at " + expiration + ".",
                              "Sign in again (for example `aws sso login`), export fresh ones and restart doze.");
    }
    return found;
}

Secret keyring_text(const Credentials& keys) {
    std::string text;
    text.reserve(keys.access_key_id.size() + 1 + keys.secret_access_key.view().size());
    text += keys.access_key_id;
    text += '\n';
    text += keys.secret_access_key.view();
    return Secret::of(text);
}

asio::awaitable<ProviderResult> from_keyring(ports::Keyring& keyring, std::string profile) {
    const auto kept = co_await keyring.read(profile);
    if (!kept && kept.error().code == ErrorCode::unauthorized) {
        co_return no_credentials(kept.error().message, kept.error().next_step);
    }
    if (!kept) co_return NotConfigured{.why = "this desktop has no keyring", .for_now = true};
    if (!*kept)
        co_return NotConfigured{fmt::format("the desktop's keyring has no keys of doze for profile {}", profile)};
    const auto text = (*kept)->view();
    const auto line_end = text.find('\n');
    if (line_end == 0 || line_end == std::string_view::npos || line_end + 1 == text.size()) {
        co_return no_credentials("What the keyring keeps for doze is no pair of keys.", "Run `doze auth set` again.");
    }
    co_return Credentials{.access_key_id = std::string(text.substr(0, line_end)),
                          .secret_access_key = Secret(text.substr(line_end + 1)),
                          .origin = fmt::format("the desktop's keyring (profile {})", profile),
                          .provider = "keyring"};
}

}  // namespace doze::aws
