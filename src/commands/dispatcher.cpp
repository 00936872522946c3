#include "commands/dispatcher.hpp"

#include <algorithm>
#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <fmt/format.h>
#include <utility>

#include "commands/call.hpp"
#include "commands/handlers.hpp"
#include "commands/message.hpp"
#include "commands/parts.hpp"
#include "commands/table.hpp"

namespace doze::commands {
namespace json = boost::json;
namespace {

/// Longest command in the text form: its word, two names of 255 characters, a region, or a token.
constexpr std::size_t longest_text = 1024;

/// More parts than any command has.
constexpr std::size_t most_parts = 8;

std::string_view trim(std::string_view text) {
    constexpr std::string_view space(" \t\r\n\v\f\0", 7);  // C clients send their strings' ends.
    const auto first = text.find_first_not_of(space);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(space) - first + 1);
}

/// Whether there are as many parts as a command takes.
Result<void> check_count(const Command& command, Parts parts) {
    std::size_t i = 0;
    for (auto names = command.parts; !names.empty(); ++i) {
        const auto name = names.substr(0, names.find(':'));
        names.remove_prefix(std::min(names.size(), name.size() + 1));
        if (i >= parts.size() && !name.ends_with('?'))
            return bad_request(fmt::format("{} needs {}: the {} is missing.", command.text, command.parts, name));
    }
    if (parts.size() <= i) return {};
    if (command.parts.empty()) return bad_request(fmt::format("{} stands alone, without ':'.", command.text));
    return bad_request(
        fmt::format("{} has too many parts: it takes {}, and nothing after.", command.text, command.parts));
}

void handle_text(Call call, std::string_view text) {
    if (text.empty()) return call.fail(bad_request("The message is empty."));
    if (text.front() == '[' || text.front() == '"') return call.fail(bad_request("A JSON message must be an object."));
    if (text.size() > longest_text)
        return call.fail({.code = ErrorCode::too_large,
                          .message = fmt::format("A text command has at most {} bytes.", longest_text)});

    const auto colon = text.find(':');
    const auto word = trim(text.substr(0, colon));
    const auto* command = find_command(Form::text, word);
    if (!command) return call.fail(unknown_command(Form::text, word));

    std::array<std::string_view, most_parts> parts;
    std::size_t count = 0;
    for (auto next = colon; next != std::string_view::npos && count < most_parts; ++count) {
        text.remove_prefix(next + 1);
        next = text.find(':');
        parts[count] = trim(text.substr(0, next));
    }
    const Parts given(parts.data(), count);
    if (const auto checked = check_count(*command, given); !checked) return call.fail(checked.error());
    command->on_text(std::move(call), given);
}

void handle_json(Call call, std::string_view text) {
    std::array<unsigned char, 4096> room;  // Spares the usual message its allocations.
    json::monotonic_resource arena(room.data(), room.size());
    auto members = parse_object(text, &arena);
    if (!members) {
        std::ignore = call.use_json(salvage_id(text), {});
        return call.fail(members.error());
    }
    const auto* id = members->if_contains("id");
    if (!call.use_json(id ? *id : json::value(), {}))
        return call.fail(bad_request(fmt::format("The id is longer than {} bytes.", longest_id(call.limit()))));
    const auto message = Message::from(std::move(*members));
    if (!message) return call.fail(message.error());

    auto word = message->type();
    const auto* command = find_command(Form::json, word);
    for (const auto action : {message->action(), message->content_action()}) {
        if (command) break;
        command = find_command(Form::json, action);
        if (command) word = action;
    }
    call.set_type(word);
    if (!command) return call.fail(unknown_command(Form::json, word));
    command->on_json(std::move(call), *message);
}

}  // namespace

Dispatcher::Dispatcher(Host& host, ProgramInfo about) : host_(host), memory_(std::make_shared<DispatcherState>()) {
    memory_->about = std::move(about);
}

Dispatcher::~Dispatcher() = default;

void Dispatcher::handle(std::string_view message, std::size_t max_reply, Reply reply,
                        std::weak_ptr<EventSink> listener) {
    const auto text = trim(message);
    Call call(host_, memory_, std::max(max_reply, smallest_reply), std::move(reply), std::move(listener));
    if (text.starts_with('{')) {
        handle_json(std::move(call), text);
    } else {
        handle_text(std::move(call), text);
    }
}

void Dispatcher::greet(const std::shared_ptr<EventSink>& listener) {
    listener->want_timer(true);
    commands::greet(host_, memory_->about, listener);
}

}  // namespace doze::commands
