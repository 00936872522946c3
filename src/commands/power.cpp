// START_*, STOP_*, SCALE_* and AWS_SERVICE_STATUS.
#include <fmt/format.h>
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

enum class Action { start, stop, scale };

std::string_view to_string(Action action) {
    switch (action) {
        case Action::start: return "START";
        case Action::stop: return "STOP";
        case Action::scale: return "SCALE";
    }
    return "?";
}

struct PowerRequest {
    Action action;
    core::ResourceId id;
    std::optional<int> desired = std::nullopt;  ///< Set for `scale`.
};

core::Event to_event(const PowerRequest& request, core::RequestId order) {
    if (request.desired) return core::ScaleRequested{order, request.id, *request.desired};
    if (request.action == Action::stop) return core::StopRequested{order, request.id};
    return core::StartRequested{order, request.id};
}

void write_reply(JsonWriter& writer, Form form, const PowerRequest& request, const core::RequestResult& result) {
    if (form == Form::json) {
        writer.member("result", true);
        writer.member("service_type", service_type(request.id.kind));
        writer.member("action", to_string(request.action));
    }
    writer.member("state", result.state);
    writer.member("message", result.message);
}

void carry_out(Call call, PowerRequest request) {
    auto& host = call.host();
    host.order([&](core::RequestId order) { return to_event(request, order); },
               [call = std::move(call), request](const Result<core::RequestResult>& result) {
                   if (!result) return call.fail(result.error());
                   call.succeed([&](JsonWriter& writer) { write_reply(writer, call.form(), request, *result); });
               });
}

void carry_out(Call call, Action action, core::Kind kind, Parts parts) {
    auto id = parse_resource(kind, parts);
    if (!id) return call.fail(id.error());
    carry_out(std::move(call), {action, std::move(*id)});
}

Result<Action> parse_action(std::string_view text) {
    for (const auto action : {Action::start, Action::stop, Action::scale})
        if (same_word(text, to_string(action))) return action;
    return bad_request(fmt::format("The member 'action' must be START, STOP or SCALE, and is {}.", quoted(text)));
}

Result<PowerRequest> parse_request(const boost::json::object& content) {
    const auto word = optional_text(content, "action");
    if (!word) return word.error();
    auto id = parse_resource(content);
    // The original's clients scale a node group without a word for it.
    const bool scales = id && id->kind == core::Kind::eks && content.contains("desired_size");
    if (!*word && !scales) return bad_request("The member 'action' is missing from the content.");
    const auto action = parse_action(word->value_or("SCALE"));
    if (!action) return action.error();
    if (!id) return id.error();
    const auto desired = optional_count(content);
    if (!desired) return desired.error();

    const bool sized = core::info(id->kind).sized;
    if (*action == Action::scale && !sized)
        return bad_request("Only EKS node groups and Auto Scaling groups can be scaled.");
    if (*action == Action::scale && !*desired)
        return bad_request("The member 'desired_size' is missing from the content.");
    // A start of a group may say how large; for any other, clients send the member without a meaning.
    const bool counts = sized && *action != Action::stop;
    return PowerRequest{*action, std::move(*id), counts ? *desired : std::nullopt};
}

}  // namespace

void start_text(core::Kind kind, Call call, Parts parts) {
    carry_out(std::move(call), Action::start, kind, parts);
}

void stop_text(core::Kind kind, Call call, Parts parts) {
    carry_out(std::move(call), Action::stop, kind, parts);
}

void scale_text(core::Kind kind, Call call, Parts parts) {
    auto id = parse_resource(kind, parts.first(parts.size() - 1));
    if (!id) return call.fail(id.error());
    const auto count = parse_count(parts.back());
    if (!count) return call.fail(count.error());
    carry_out(std::move(call), {Action::scale, std::move(*id), *count});
}

void service_status_json(Call call, const Message& message) {
    auto request = parse_request(message.content());
    if (!request) return call.fail(request.error());
    carry_out(std::move(call), std::move(*request));
}

}  // namespace doze::commands
