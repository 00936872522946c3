#include "protocol/rest/api.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <fmt/format.h>
#include <utility>

#include "base/text.hpp"
#include "commands/handlers.hpp"
#include "commands/lookup.hpp"
#include "commands/params.hpp"
#include "protocol/decoder.hpp"
#include "protocol/message.hpp"
#include "protocol/rest/command_routes.hpp"
#include "protocol/rest/metrics.hpp"
#include "protocol/rest/openapi.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

unsigned status_of(ErrorCode code) {
    switch (code) {
        case ErrorCode::bad_request: return 400;
        case ErrorCode::unauthorized: return 401;
        case ErrorCode::access_denied: return 403;
        case ErrorCode::unknown_command:
        case ErrorCode::not_found:
        case ErrorCode::not_registered: return 404;
        case ErrorCode::guarded:
        case ErrorCode::already_registered:
        case ErrorCode::other_account: return 409;
        case ErrorCode::too_large: return 413;
        case ErrorCode::throttled:
        case ErrorCode::rate_limited: return 429;
        case ErrorCode::aws_error: return 502;
        case ErrorCode::no_credentials: return 503;
        case ErrorCode::internal: return 500;
    }
    return 500;
}

WebReply refusal(unsigned status, const Error& error) {
    WebReply reply{.status = status};
    protocol::write_error(reply.body, {.form = protocol::ReplyForm::bare}, error);
    return reply;
}

namespace {

namespace json = boost::json;

std::string below_api(std::string_view path) {
    return fmt::format("/api/v1{}", path);
}

/// Required for commands, because no form of a foreign page can send it.
bool is_json(std::string_view content_type) {
    return equal_ignoring_case(content_type.substr(0, content_type.find_first_of("; ")), "application/json");
}

/// A handler without parameters.
template <class Answer>
WebHandler without_query(Answer answer) {
    return [answer](const WebRequest& request, const auto& reply, const std::weak_ptr<commands::EventSink>& listener) {
        const auto none = check_is_empty(request.query);
        reply(none ? answer(request, listener) : refusal(none.error()));
    };
}

Result<commands::Request> decode_body(const WebRequest& request, const commands::Command& command) {
    if (const auto none = check_is_empty(request.query); !none) return none.error();
    json::object content;
    if (!request.body.empty()) {
        auto members = protocol::parse_object(request.body);
        if (!members) return members.error();
        content = std::move(*members);
    }
    return commands::to_request(command, protocol::JsonArguments(content));
}

Result<commands::Request> decode_query(const WebRequest& request, const commands::Command& command) {
    auto asked = to_request(request.query, command);
    // A path with an unknown region is an error: a list of all regions would be the wrong answer.
    if (auto* list = asked ? std::get_if<commands::ListRequest>(&*asked) : nullptr) list->only_configured = true;
    return asked;
}

/// A reply, or one of its members, as a response body.
WebReply to_web_reply(protocol::Encoder& encoder, const Result<commands::Reply>& reply, std::string_view member) {
    if (!reply) return refusal(reply.error());
    if (std::holds_alternative<commands::NoReply>(*reply)) return {.status = 202, .body = "{}"};
    if (!member.empty())
        return {.body = protocol::Encoder::status_member(std::get<commands::StatusReply>(*reply), member)};
    WebReply made;
    encoder.encode({.form = protocol::ReplyForm::bare}, reply, [&](std::string_view body) { made.body = body; });
    return made;
}

}  // namespace

std::vector<Route> Api::routes() {
    std::vector<Route> rows;
    for (const auto& row : command_routes()) {
        const auto& command = *commands::find_command(commands::Form::json, row.type);
        rows.push_back({.method = row.method,
                        .path = below_api(row.path),
                        .handler = [this, &command, member = row.member](
                                       const WebRequest& request, auto reply,
                                       const auto&) { carry_out(request, command, member, std::move(reply)); },
                        .document = [row, &command](auto& paths) { document_route(paths, row, command); }});
    }
    rows.push_back({.method = "POST",
                    .path = below_api("/commands/*"),
                    .handler = [this](const WebRequest& request, auto reply,
                                      const auto&) { post_command(request, std::move(reply)); },
                    .document = [](auto& paths) { document_commands(paths); }});
    rows.push_back({.method = "GET",
                    .path = below_api("/events"),
                    .handler = without_query([this](const WebRequest&, const auto& listener) -> WebReply {
                        host_.subscribe(listener);
                        return {
                            .content_type = "text/event-stream", .body = ": events of doze\n\n", .stays_open = true};
                    }),
                    .document = document_events});
    rows.push_back({.method = "GET",
                    .path = below_api("/openapi.json"),
                    .handler = without_query([this](const WebRequest& request, const auto&) -> WebReply {
                        return {.body = openapi_document(routes(), request.server, about_.version)};
                    })});
    rows.push_back({.method = "GET",
                    .path = "/metrics",
                    .handler = without_query([this](const WebRequest&, const auto&) -> WebReply {
                        return {.content_type = std::string(metrics_type), .body = metrics(host_, about_)};
                    })});
    return rows;
}

void Api::post_command(const WebRequest& request, SendReply reply) {
    const auto& word = request.path.back();
    const auto* command = request.path.size() == 4 ? commands::find_command(commands::Form::json, word) : nullptr;
    if (command && is_offered(*command)) return carry_out(request, *command, {}, std::move(reply));
    reply(refusal({.code = ErrorCode::unknown_command,
                   .message = fmt::format("There is no command {} over HTTP.", quoted(word))}));
}

void Api::carry_out(const WebRequest& request, const commands::Command& command, std::string_view member,
                    SendReply reply) {
    const bool has_body = request.method == "POST";
    if (has_body && !request.body.empty() && !is_json(request.content_type))
        return reply(refusal(415, commands::bad_request("The body must be application/json.")));
    const auto asked = has_body ? decode_body(request, command) : decode_query(request, command);
    if (!asked) return reply(refusal(asked.error()));

    auto finish = [encoder = encoder_, member, reply = std::move(reply)](const Result<commands::Reply>& made) {
        reply(to_web_reply(*encoder, made, member));
    };
    const std::weak_ptr<commands::EventSink> no_connection;
    const std::function<commands::Completion()> later = [&] { return commands::Completion(std::move(finish)); };
    if (const auto answer = commands::handle(*asked, {.host = host_,
                                                      .about = about_,
                                                      .connection = no_connection,
                                                      .form = commands::Form::json,
                                                      .later = later}))
        finish(*answer);
}

}  // namespace doze::rest
