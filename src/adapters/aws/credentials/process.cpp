#include "adapters/aws/credentials/process.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/credentials/program.hpp"
#include "adapters/aws/credentials/secret_json.hpp"
#include "adapters/aws/profiles/shell_words.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

// Some open a browser, or ask for a finger on a token.
constexpr core::Duration time_for_program = std::chrono::minutes(1);

Error trouble(const Profile& profile, std::string_view what) {
    return no_credentials(
        fmt::format("The credential_process of profile {} {}.", profile.name, what),
        fmt::format("Run its command from {} in a terminal to see what it says.", profile.config_file));
}

asio::awaitable<ProviderResult> ask_program(const Profile& profile, std::string command, core::WallTime now) {
    auto words = split_words(command);
    if (!words || words->empty()) co_return trouble(profile, "is no command line: a quote is not closed");
    if (command.find('\0') != std::string::npos) co_return trouble(profile, "is no command line: it holds a NUL byte");
    const bool below_home = words->front().starts_with("~/");
    const auto printed = co_await run_program(std::move(*words), time_for_program);
    if (!printed) {
        Error error = trouble(profile, printed.error().message);
        if (below_home) {
            error.next_step =
                "Write the whole path: as with the AWS CLI, no shell is there to replace ~. " + error.next_step;
        }
        co_return error;
    }
    const auto document = parse_secret_json(printed->view());
    if (!document) co_return trouble(profile, "printed no JSON");
    if (number_at(*document, "Version") != 1) {
        co_return trouble(profile, "printed no \"Version\": 1, the only one that there is");
    }
    auto keys = read_keys(*document, "SessionToken", fmt::format("The credential_process of profile {}", profile.name));
    if (!keys) co_return keys.error();
    if (keys->expires && *keys->expires <= now) co_return trouble(profile, "printed keys that have expired");
    keys->origin = fmt::format("credential_process of profile {}", profile.name);
    keys->provider = "process";
    co_return std::move(*keys);
}

}  // namespace

asio::awaitable<ProviderResult> from_process(const Profile& profile, Pace& pace, core::WallTime now) {
    const auto command = profile.get("credential_process");
    if (command.empty()) co_return NotConfigured{fmt::format("profile {} has no credential_process", profile.name)};
    const auto ask = [&] { return ask_program(profile, std::string(command), now); };
    co_return co_await pace.ask("process " + profile.name, hash_of(command), now, ask);
}

}  // namespace doze::aws
