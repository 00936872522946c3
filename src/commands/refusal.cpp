#include "commands/refusal.hpp"

#include <optional>

#include "commands/json_writer.hpp"
#include "commands/message.hpp"

namespace doze::commands {

std::string refusal(std::string_view message, const Error& error) {
    std::string reply;
    JsonWriter writer(reply);
    const auto first = message.find_first_not_of(" \t\r\n");
    const bool is_json = first != std::string_view::npos && message[first] == '{';
    if (is_json) {
        begin_message(writer, reply_id(salvage_id(message)), "ERROR");
    } else {
        writer.begin_object();
        writer.member("status", std::string_view("error"));
    }
    writer.member("error", to_string(error.code));
    writer.member("message", error.text());
    if (is_json) {
        writer.member("request_type", std::optional<std::string_view>());
        writer.end_object();
    }
    writer.end_object();
    return reply;
}

}  // namespace doze::commands
