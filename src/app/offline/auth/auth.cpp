#include "app/offline/auth/auth.hpp"

#include "app/offline/auth/keep.hpp"
#include "app/offline/auth/status.hpp"
#include "app/offline/runtime.hpp"
#include "base/ownership.hpp"
#include "cli/text.hpp"
#include "config/store.hpp"

namespace doze::auth {

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
    offline::Runtime runtime(console);
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
    if (auto opened = runtime.open_aws(profile); !opened) return complain(opened.error());
    switch (options.action) {
        case cli::AuthOptions::Action::status: return show_status(runtime, options, console);
        case cli::AuthOptions::Action::set: return set_keys(runtime, options, console);
        case cli::AuthOptions::Action::forget: return forget_keys(runtime, options, console);
    }
    return cli::failed;
}

}  // namespace doze::auth
