#include "server/admission/authentication.hpp"

#include "base/text.hpp"
#include "protocol/json_writer.hpp"
#include "protocol/message.hpp"

namespace doze::server {
namespace {

constexpr std::string_view word = "AUTH";
constexpr std::string_view welcome_text = "You may talk now.";

}  // namespace

std::optional<Authentication> Authentication::parse(std::string_view command) {
    const auto text = trim(command);
    if (!text.starts_with('{')) {
        const auto colon = text.find(':');
        if (colon == std::string_view::npos || !equal_ignoring_case(trim(text.substr(0, colon)), word))
            return std::nullopt;
        return Authentication{.token = Secret(trim(text.substr(colon + 1))), .id = {}};
    }
    const auto message = protocol::parse(text);
    if (!message || !equal_ignoring_case(message->type(), word)) return std::nullopt;
    const auto* token = message->content().if_contains("token");
    const std::string_view given =
        token && token->is_string() ? std::string_view(token->get_string()) : std::string_view();
    return Authentication{.token = Secret(given), .id = protocol::reply_id(message->id())};
}

std::string Authentication::welcome() const {
    std::string reply;
    protocol::JsonWriter writer(reply);
    if (id.empty()) {
        writer.begin_object();
        writer.member("status", std::string_view("success"));
        writer.member("message", welcome_text);
    } else {
        protocol::begin_message(writer, id, word);
        writer.member("result", true);
        writer.member("message", welcome_text);
        writer.end_object();
    }
    writer.end_object();
    return reply;
}

}  // namespace doze::server
