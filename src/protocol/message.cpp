#include "protocol/message.hpp"

#include <array>
#include <boost/json/error.hpp>
#include <boost/json/parser.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/stream_parser.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <chrono>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "commands/params.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

namespace {

/// The full sentence, with AWS's error code unless the message names it.
std::string sentence(const Error& error) {
    auto text = error.text();
    if (!error.aws_code.empty() && text.find(error.aws_code) == std::string::npos)
        text += " (AWS: " + error.aws_code + ")";
    return text;
}

}  // namespace

core::WallTime system_time() {
    return std::chrono::floor<core::Duration>(std::chrono::system_clock::now());
}

void Envelope::open(JsonWriter& writer, std::string_view shown_type) const {
    if (form != ReplyForm::json) return writer.begin_object();
    begin_message(writer, id, shown_type, at);
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
        envelope.at = system_time();
    }
    std::string reply;
    write_error(reply, envelope, error);
    return reply;
}

namespace json = boost::json;
using commands::bad_request;
namespace {

Error refused(const boost::system::error_code& why, std::size_t at) {
    if (why == json::error::incomplete) return bad_request("The JSON object is not complete.");
    if (why == json::error::too_deep)
        return bad_request(fmt::format("The JSON is nested deeper than {} levels.", deepest_message));
    if (why == json::error::extra_data) return bad_request("Something follows the JSON object.");
    return bad_request(fmt::format("The message is not valid JSON in UTF-8 (near byte {}).", at));
}

json::parse_options options() {
    json::parse_options options;
    options.max_depth = deepest_message;
    return options;
}

void skip_space(std::string_view& text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    text.remove_prefix(first == std::string_view::npos ? text.size() : first);
}

bool skip(std::string_view& text, std::string_view what) {
    skip_space(text);
    if (!text.starts_with(what)) return false;
    text.remove_prefix(what.size());
    return true;
}

}  // namespace

Result<Message> Message::from(json::object members) {
    for (const std::string_view name : {"type", "action"}) {
        const auto* word = members.if_contains(name);
        if (word && !word->is_string()) return bad_request(fmt::format("The member '{}' must be a string.", name));
    }
    if (!members.contains("type") && !members.contains("action"))
        return bad_request("The message says neither 'type' nor 'action'.",
                           R"(A message looks like {"type": "AWS_EC2_LIST", "content": {}}.)");
    const auto* content = members.if_contains("content");
    if (content && !content->is_object()) return bad_request("The member 'content' must be an object.");
    return Message(std::move(members));
}

const json::value& Message::id() const {
    static const json::value none;
    const auto* id = members_.if_contains("id");
    return id ? *id : none;
}

std::string_view Message::type() const {
    const auto type = text("type");
    return type.empty() ? action() : type;
}

std::int64_t Message::timestamp() const {
    const auto* stamp = members_.if_contains("timestamp");
    return stamp && stamp->is_int64() ? stamp->get_int64() : 0;
}

const json::object& Message::content() const {
    static const json::object none;
    const auto* content = members_.if_contains("content");
    return content ? content->get_object() : none;
}

std::string_view Message::text_of(const json::object& members, std::string_view name) {
    const auto* word = members.if_contains(name);
    if (!word || !word->is_string()) return {};
    return {word->get_string().data(), word->get_string().size()};
}

void begin_message(JsonWriter& writer, std::string_view id, std::string_view type, core::WallTime at) {
    writer.begin_object();
    writer.key("id");
    writer.raw(id);
    writer.member("type", type);
    writer.member("timestamp", std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count());
    writer.member("source", std::string_view("doze"));
    writer.key("content");
    writer.begin_object();
}

std::string reply_id(const json::value& id) {
    auto text = id.is_null() ? std::string() : with_escapes(json::serialize(id));
    if (text.empty() || text.size() > longest_id(no_limit)) text = '"' + fresh_id() + '"';
    return text;
}

std::string create(std::string_view type, const json::object& content, std::string_view source) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const json::object message{{"id", fresh_id()},
                               {"type", type},
                               {"timestamp", std::chrono::duration_cast<std::chrono::seconds>(now).count()},
                               {"source", source},
                               {"content", content}};
    return with_escapes(json::serialize(message));
}

Result<Message> parse(std::string_view text) {
    auto members = parse_object(text);
    if (!members) return members.error();
    return Message::from(std::move(*members));
}

Result<json::object> parse_object(std::string_view text, json::storage_ptr storage) {
    if (text.size() > longest_message)
        return Error{.code = ErrorCode::too_large,
                     .message = fmt::format("The message is longer than {} bytes.", longest_message)};
    std::array<unsigned char, 1024> scratch;  // Saves the usual message a heap allocation.
    json::parser parser({}, options(), scratch.data(), scratch.size());
    parser.reset(std::move(storage));
    boost::system::error_code failed;
    const auto used = parser.write(text, failed);
    if (failed) return refused(failed, used);
    auto value = parser.release();
    if (!value.is_object()) return bad_request("The message must be a JSON object.");
    return std::move(value.get_object());
}

json::value salvage_id(std::string_view text) {
    if (text.size() > longest_message) text = text.substr(0, longest_message);
    if (!skip(text, "{") || !skip(text, "\"id\"") || !skip(text, ":")) return nullptr;
    json::stream_parser parser({}, options());
    boost::system::error_code failed;
    parser.write_some(text, failed);
    if (failed || !parser.done()) return nullptr;
    return parser.release();
}

std::string fresh_id() {
    static boost::uuids::random_generator generate;  // Seeded by the system: some ids serve as nonces.
    return boost::uuids::to_string(generate());
}

}  // namespace doze::protocol
