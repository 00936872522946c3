#include "app/offline/auth/auth.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <vector>

#include "adapters/aws/client/owners.hpp"
#include "app/offline/auth/keep.hpp"
#include "app/offline/runtime.hpp"
#include "base/ownership.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"
#include "config/store.hpp"

namespace doze::auth {

namespace json = boost::json;

namespace {

struct Status {
    std::string profile;
    std::vector<aws::CredentialsChain::Attempt> attempts;
    std::optional<aws::Credentials> credentials;
    std::optional<aws::FoundRegion> region;
    std::optional<aws::sts::Identity> identity;
    std::optional<Error> error;  ///< The first one.
};

boost::asio::awaitable<Status> find_out(access::CloudAccess& aws, core::WallTime now) {
    auto& account = aws.account();
    Status status{.profile = account.profiles.chosen()};
    auto credentials = co_await account.credentials.get(now);
    status.attempts = account.credentials.attempts();
    if (!credentials) {
        status.error = credentials.error();
        co_return status;
    }
    status.credentials = std::move(*credentials);
    auto region = co_await aws.default_region();
    if (!region) {
        status.error = region.error();
        co_return status;
    }
    status.region = std::move(*region);
    // A named variable, because GCC 12 destroys a conditional operand of a co_await twice.
    Region where = status.region ? status.region->region : Region("us-east-1");
    auto identity = co_await aws::sts::caller_identity(account.client, std::move(where));
    if (identity)
        status.identity = std::move(*identity);
    else
        status.error = identity.error();
    co_return status;
}

/// Shows enough to tell one key from another; this ends up in logs and bug reports. A text shorter than an AWS access
/// key id (at least 16 characters, IAM API: AccessKey) is no key, and shown whole.
std::string masked(const std::string& access_key_id) {
    if (access_key_id.size() < 16) return access_key_id;
    return access_key_id.substr(0, 4) + "..." + access_key_id.substr(access_key_id.size() - 4);
}

json::object to_json(const Status& status) {
    json::object out{{"profile", status.profile}};
    if (const auto& keys = status.credentials) {
        out["provider"] = keys->provider;
        out["origin"] = keys->origin;
        out["access_key_id"] = masked(keys->access_key_id);
        out["expires"] = keys->expires ? json::value(core::to_iso(*keys->expires)) : json::value();
    }
    if (status.identity) {
        out["account"] = status.identity->account;
        out["arn"] = status.identity->arn;
    }
    if (status.region) {
        out["region"] = status.region->region.str();
        out["region_origin"] = status.region->origin;
    }
    json::array looked;
    for (const auto& attempt : status.attempts)
        looked.push_back(json::object{{"place", attempt.place}, {"why_not", attempt.why}});
    out["looked_at"] = std::move(looked);
    if (const auto& error = status.error) {
        out["error"] = to_string(error->code);
        out["message"] = error->message;
        out["next_step"] = error->next_step;
    }
    return out;
}

std::string line(std::string_view name, std::string_view text) {
    return fmt::format("{:<12} {}\n", name, cli::clean(text));
}

std::string to_text(const Status& status, core::WallTime now) {
    std::string out;
    if (const auto& keys = status.credentials) {
        out += line("credentials", keys->origin);
        out += line("access key", masked(keys->access_key_id));
        out += line("expires", keys->expires ? cli::local_time(*keys->expires, now) : std::string("never"));
    }
    if (status.identity) {
        out += line("account", status.identity->account);
        out += line("arn", status.identity->arn);
    }
    if (status.region) out += line("region", status.region->region.str() + " (" + status.region->origin + ")");
    return out;
}

/// Shows the provider of the credentials, their AWS identity, expiry, and the default region; without credentials, why
/// each provider has none. Returns the exit code.
int show_status(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console) {
    const auto now = runtime.clock().now().wall;
    const Status status = *runtime.run(find_out(runtime.aws(), now), offline::Runtime::no_end, "");
    if (options.json) {
        console.out << cli::pretty(to_json(status));
    } else {
        console.out << to_text(status, now);
    }
    if (!status.error) return cli::success;
    if (options.json) return cli::failed;
    Error error = *status.error;
    if (!status.credentials && !status.attempts.empty()) {
        console.err << "Looked for AWS credentials, in this order:\n";
        for (const auto& attempt : status.attempts)
            console.err << fmt::format("  {:<18} {}\n", attempt.place, cli::clean(attempt.why));
        if (error.message.starts_with("No AWS credentials"))
            error.message = "No AWS credentials.";  // The providers are listed below.
    }
    console.err << "error: " << cli::clean(error.text()) << '\n';
    return cli::failed;
}

/// The profile in settings.json; empty if it names none or does not exist.
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
