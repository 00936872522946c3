#include "protocol/envelope.hpp"

#include <chrono>
#include <optional>

#include "protocol/message.hpp"

namespace doze::protocol {
namespace {

/// The whole sentence, with AWS's own code where the message does not name it.
std::string sentence(const Error& error) {
    auto text = error.text();
    if (!error.aws_code.empty() && text.find(error.aws_code) == std::string::npos)
        text += " (AWS: " + error.aws_code + ")";
    return text;
}

}  // namespace

void Envelope::open(JsonWriter& writer, std::string_view reply_type) const {
    if (form != ReplyForm::json) return writer.begin_object();
    begin_message(writer, id, reply_type, at);
}

void write_error(std::string& out, const Envelope& envelope, const Error& error) {
    const auto text = sentence(error);
    const auto start = out.size();
    const auto write = [&](std::size_t longest) {
        out.resize(start);
        JsonWriter writer(out);
        envelope.open(writer, envelope.error_type);
        if (envelope.form == ReplyForm::text) writer.member("status", std::string_view("error"));
        writer.member("error", to_string(error.code));
        writer.key("message");
        append_string(out, text, longest);
        if (envelope.form == ReplyForm::json) {
            const bool sane = !envelope.type.empty() && envelope.type.size() <= longest_echo;
            writer.member("request_type", sane ? std::optional<std::string_view>(envelope.type) : std::nullopt);
        }
        envelope.close(out);
    };
    write(no_limit);
    if (out.size() - start <= envelope.limit) return;
    write(8);
    write(envelope.limit - (out.size() - start) + 8);
}

std::string refusal(std::string_view message, const Error& error) {
    Envelope envelope;
    const auto first = message.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && message[first] == '{') {
        envelope.form = ReplyForm::json;
        envelope.id = reply_id(salvage_id(message));
        envelope.at = std::chrono::floor<core::Duration>(std::chrono::system_clock::now());
    }
    std::string reply;
    write_error(reply, envelope, error);
    return reply;
}

}  // namespace doze::protocol
