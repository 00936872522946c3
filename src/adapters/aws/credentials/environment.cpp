#include "adapters/aws/credentials/environment.hpp"

#include <fmt/format.h>

namespace doze::aws {

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

}  // namespace doze::aws
