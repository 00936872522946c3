#include "protocol/decoder.hpp"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "commands/lookup.hpp"
#include "commands/params.hpp"
#include "commands/table.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {

namespace json = boost::json;
using commands::GivenValue;
using commands::ParamType;
namespace {

const json::value* present(const json::object& members, std::string_view name) {
    const auto* member = members.if_contains(name);
    return member && !member->is_null() ? member : nullptr;
}

}  // namespace

GivenValue JsonArguments::find(const commands::Param& param) const {
    const auto* member = present(content_, param.name);
    if (!member && param.beside_content && beside_) member = present(*beside_, param.name);
    return member ? to_argument(*member) : GivenValue();
}

GivenValue to_argument(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return {};
        case json::kind::string: return std::string_view(value.get_string().data(), value.get_string().size());
        case json::kind::bool_: return value.get_bool();
        case json::kind::int64: return value.get_int64();
        case json::kind::uint64: return static_cast<double>(value.get_uint64());
        case json::kind::double_: return value.get_double();
        default: return commands::OtherValue();
    }
}

std::string_view json_type(ParamType type) {
    switch (type) {
        case ParamType::integer: return "integer";
        case ParamType::seconds: return "number";
        case ParamType::flag: return "boolean";
        default: return "string";
    }
}

namespace json = boost::json;
namespace {

using commands::bad_request;
using commands::Command;
using commands::Form;
using commands::Param;
using commands::Request;

/// Longest command in text form: its word, two names of 255 characters, a region, or a token.
constexpr std::size_t longest_text = 1024;

/// More parts than any command has.
constexpr std::size_t most_parts = 8;

using Parts = std::span<const std::string_view>;

/// Whitespace, and the zero byte at the end of C strings, which some clients send.
constexpr std::string_view blanks(" \t\r\n\v\f\0", 7);

/// The parts of a text command after its word, by parameter.
class TextArguments final : public commands::Arguments {
   public:
    TextArguments(const Command& command, Parts parts) : command_(command), parts_(parts) {}

    [[nodiscard]] commands::GivenValue find(const Param& param) const override {
        std::size_t at = 0;
        for (const auto& one : command_.params) {
            if (one.part.empty()) continue;
            if (one.part == param.part) break;
            ++at;
        }
        if (at < parts_.size()) return parts_[at];
        return {};
    }
    [[nodiscard]] bool are_parts() const override { return true; }

   private:
    const Command& command_;
    Parts parts_;
};

/// Whether the command takes this number of parts.
Result<void> check_count(const Command& command, Parts parts) {
    std::size_t most = 0;
    for (const auto& param : command.params) {
        if (param.part.empty()) continue;
        if (most++ >= parts.size() && param.part_required)
            return bad_request(fmt::format("{} needs {}: the {} is missing.", command.text, command.parts, param.part));
    }
    if (parts.size() <= most) return {};
    if (command.parts.empty()) return bad_request(fmt::format("{} stands alone, without ':'.", command.text));
    return bad_request(
        fmt::format("{} has too many parts: it takes {}, and nothing after.", command.text, command.parts));
}

/// The request of the command whose word ends at `colon`, if there is one.
Result<Request> from_parts(const Command& command, std::string_view text, std::size_t colon) {
    const bool takes_rest = !command.params.empty() && command.params.back().takes_rest;
    const auto last = takes_rest ? command.params.size() : most_parts;
    std::array<std::string_view, most_parts> parts;
    std::size_t count = 0;
    for (auto next = colon; next != std::string_view::npos && count < most_parts; ++count) {
        text.remove_prefix(next + 1);
        next = count + 1 == last ? std::string_view::npos : text.find(':');
        parts[count] = trim(text.substr(0, next), blanks);
    }
    const Parts given(parts.data(), count);
    if (const auto checked = check_count(command, given); !checked) return checked.error();
    return to_request(command, TextArguments(command, given));
}

Result<Request> decode_text(std::string_view text) {
    if (text.empty()) return bad_request("The message is empty.");
    if (text.front() == '[' || text.front() == '"') return bad_request("A JSON message must be an object.");
    if (text.size() > longest_text)
        return Error{.code = ErrorCode::too_large,
                     .message = fmt::format("A text command has at most {} bytes.", longest_text)};

    const auto colon = text.find(':');
    const auto word = trim(text.substr(0, colon), blanks);
    const auto* command = commands::find_command(Form::text, word);
    if (!command) return commands::unknown_command(Form::text, word);

    return from_parts(*command, text, colon);
}

/// Takes the id, or replaces a missing, null or overlong one by a new one; false if it was overlong.
bool take_id(Envelope& envelope, const json::value& id) {
    envelope.id.clear();
    if (id.is_string()) {
        append_string(envelope.id, {id.get_string().data(), id.get_string().size()});
    } else if (!id.is_null()) {
        envelope.id = with_escapes(json::serialize(id));
    }
    const bool fits = envelope.id.size() <= longest_id(envelope.limit);
    if (envelope.id.empty() || !fits) envelope.id = '"' + fresh_id() + '"';
    return fits;
}

Result<Request> decode_json(std::string_view text, Envelope& envelope) {
    std::array<unsigned char, 4096> room;  // Saves the usual message its heap allocations.
    json::monotonic_resource arena(room.data(), room.size());
    auto members = parse_object(text, &arena);
    if (!members) {
        std::ignore = take_id(envelope, salvage_id(text));
        return members.error();
    }
    const auto* id = members->if_contains("id");
    if (!take_id(envelope, id ? *id : json::value()))
        return bad_request(fmt::format("The id is longer than {} bytes.", longest_id(envelope.limit)));
    const auto message = Message::from(std::move(*members));
    if (!message) return message.error();

    auto word = message->type();
    const auto* command = commands::find_command(Form::json, word);
    for (const auto action : {message->action(), message->content_action()}) {
        if (command) break;
        command = commands::find_command(Form::json, action);
        if (command) word = action;
    }
    envelope.type = word;
    if (!command) return commands::unknown_command(Form::json, word);
    envelope.reply_type = command->reply_type;
    envelope.error_type = command->error_type;
    return to_request(*command, JsonArguments(message->content(), &message->members()));
}

}  // namespace

Result<Request> decode(std::string_view message, Envelope& envelope) {
    const auto text = trim(message, blanks);
    if (!text.starts_with('{')) return decode_text(text);
    envelope.form = ReplyForm::json;
    return decode_json(text, envelope);
}

std::optional<Request> decode_handshake(std::string_view message, commands::Scope reach, Envelope& envelope) {
    const auto text = trim(message, blanks);
    std::optional<Result<Request>> request;
    if (!text.starts_with('{')) {
        const auto colon = text.find(':');
        if (const auto* command = commands::find_command(Form::text, trim(text.substr(0, colon), blanks), reach))
            request = from_parts(*command, text, colon);
    } else if (const auto parsed = parse(text)) {
        if (const auto* command = commands::find_command(Form::json, parsed->type(), reach)) {
            envelope.form = ReplyForm::json;
            envelope.id = reply_id(parsed->id());
            envelope.type = command->type;
            envelope.reply_type = command->reply_type;
            request = to_request(*command, JsonArguments(parsed->content(), &parsed->members()));
        }
    }
    if (!request || !*request) return std::nullopt;
    return std::move(**request);
}

}  // namespace doze::protocol
