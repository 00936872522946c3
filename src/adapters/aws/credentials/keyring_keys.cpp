#include "adapters/aws/credentials/keyring_keys.hpp"

#include <fmt/format.h>
#include <utility>

namespace doze::aws {

namespace asio = boost::asio;

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
