// HELP: the table of commands as a reply.
#include <utility>
#include <vector>

#include "commands/cut.hpp"
#include "commands/dispatcher.hpp"
#include "commands/handlers.hpp"
#include "commands/table.hpp"

namespace doze::commands {
namespace {

std::optional<std::string_view> if_any(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

std::string_view to_string(ParamType type) {
    switch (type) {
        case ParamType::text: return "string";
        case ParamType::whole: return "integer";
        case ParamType::number: return "number";
        case ParamType::flag: return "boolean";
    }
    return "?";
}

/// What the JSON form takes. Of a resource "service_type" stands for all the members that name one.
void write_content(JsonWriter& writer, const Content& content) {
    writer.key("content");
    writer.begin_array();
    if (content.resource) {
        writer.begin_object();
        writer.member("name", std::string_view("service_type"));
        writer.member("type", std::string_view("string"));
        writer.member("required", true);
        writer.member("what", std::string_view("The kind, with the members that name a resource of it"));
        writer.end_object();
    }
    for (const auto& param : content.params) {
        writer.begin_object();
        writer.member("name", param.name);
        writer.member("type", to_string(param.type));
        writer.member("required", param.required);
        writer.member("what", param.what);
        writer.end_object();
    }
    writer.end_array();
}

std::string write_command(const Command& command, std::size_t longest) {
    std::string out;
    JsonWriter writer(out, longest);
    writer.begin_object();
    writer.member("command", if_any(command.text));
    writer.member("type", if_any(command.type));
    writer.member("parts", if_any(command.parts));
    writer.member("summary", command.summary);
    if (!command.type.empty()) write_content(writer, command.content);
    writer.end_object();
    return out;
}

void describe(const Call& call, std::string_view word) {
    std::vector<const Command*> chosen;
    for (const auto& command : commands())
        if (word.empty() || same_word(command.text, word) || same_word(command.type, word)) chosen.push_back(&command);
    if (chosen.empty()) return call.fail(unknown_command(call.form(), word));
    succeed_with_array(
        call, "commands", chosen.size(),
        [&](std::size_t i, std::size_t longest) { return write_command(*chosen[i], longest); },
        [&](JsonWriter& writer, std::size_t shown) {
            if (shown == chosen.size()) return;
            writer.member("truncated", true);
            writer.member("remaining", chosen.size() - shown);
        });
}

}  // namespace

void help_text(Call call, Parts parts) {
    describe(call, parts.empty() ? std::string_view() : parts[0]);
}

void help_json(Call call, const Message& message) {
    const auto word = optional_text(message.content(), "command");
    if (!word) return call.fail(word.error());
    describe(call, word->value_or(std::string_view()));
}

}  // namespace doze::commands
