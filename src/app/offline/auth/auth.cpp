#include "app/offline/auth/auth.hpp"

#include <csignal>

#include "app/offline/auth/access.hpp"
#include "app/offline/auth/keep.hpp"
#include "app/offline/auth/status.hpp"
#include "base/ownership.hpp"
#include "base/secret.hpp"
#include "cli/text.hpp"
#include "config/store.hpp"

namespace doze::auth {

Result<std::unique_ptr<Access>> Access::open(std::string profile, Environment environment) {
    std::unique_ptr<Access> access(new Access(std::move(profile), std::move(environment)));
    auto http = http::CurlHttpClient::open(access->loop_.get_executor());
    if (!http) return http.error();
    access->http_ = std::move(*http);
    return access;
}

namespace {

/// The profile that settings.json names; empty where it names none, or where there is no such file yet.
Result<std::string> profile_of_settings(const std::filesystem::path& config_dir) {
    const auto file = config_dir / config::settings_name;
    const auto text = read_own_file(file, config::largest_settings);
    if (!text) return text.error();
    if (!*text) return std::string();
    const auto settings = config::parse_settings(**text, file.string());
    if (!settings) return settings.error();
    return settings->value.use_profile ? settings->value.profile_name : std::string();
}

}  // namespace

int run(const cli::AuthOptions& options, const cli::Console& console) {
    keep_memory_private();
    std::signal(SIGPIPE, SIG_IGN);  // A peer that hangs up is an error of its connection.
    const auto complain = [&](const Error& error) {
        console.err << "error: " << cli::clean(error.text()) << '\n';
        return cli::failed;
    };
    std::string profile = options.profile;
    if (profile.empty()) {
        auto named = profile_of_settings(options.config_dir);
        if (!named) return complain(named.error());
        profile = std::move(*named);
    }
    auto access = Access::open(std::move(profile), console.environment);
    if (!access) return complain(access.error());
    switch (options.action) {
        case cli::AuthOptions::Action::status: return show_status(**access, options, console);
        case cli::AuthOptions::Action::set: return set_keys(**access, options, console);
        case cli::AuthOptions::Action::forget: return forget_keys(**access, options, console);
    }
    return cli::failed;
}

}  // namespace doze::auth
