#include "adapters/aws/credentials/provider.hpp"

#include <chrono>
#include <fmt/chrono.h>
#include <time.h>
#include <utility>

#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws {

Error no_credentials(std::string message, std::string next_step) {
    return {.code = ErrorCode::no_credentials, .message = std::move(message), .next_step = std::move(next_step)};
}

std::optional<core::WallTime> parse_time(std::string_view text) {
    std::string plain(text);
    if (plain.ends_with("UTC")) plain.replace(plain.size() - 3, 3, "Z");
    if (const auto dot = plain.find('.'); dot != std::string::npos) {
        plain.erase(dot, plain.find_first_not_of("0123456789", dot + 1) - dot);
    }
    std::tm parts = {};
    const char* rest = ::strptime(plain.c_str(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    const long ahead = parts.tm_gmtoff;
    return core::WallTime(std::chrono::seconds(::timegm(&parts) - ahead));
}

boost::asio::awaitable<Result<Credentials>> ask_sts(Client& client, Call call) {
    const std::string operation = call.operation;
    const Region region = call.region;
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    pugi::xml_document document;
    const auto given = parse_xml(document, *answer, (operation + "Response").c_str())
                           .child((operation + "Result").c_str())
                           .child("Credentials");
    Credentials keys{.access_key_id = given.child_value("AccessKeyId"),
                     .secret_access_key = Secret(given.child_value("SecretAccessKey")),
                     .session_token = Secret(given.child_value("SessionToken")),
                     .expires = parse_time(given.child_value("Expiration"))};
    document.reset();
    wipe(*answer);
    if (keys.access_key_id.empty() || keys.secret_access_key.empty() || keys.session_token.empty() || !keys.expires) {
        co_return not_understood(operation, region);
    }
    co_return keys;
}

}  // namespace doze::aws
