#include "adapters/aws/credentials/sts_keys.hpp"

#include <utility>

#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws {

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
