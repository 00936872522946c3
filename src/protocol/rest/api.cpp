#include "protocol/rest/api.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/text.hpp"
#include "commands/handlers.hpp"
#include "commands/json_writer.hpp"
#include "commands/message.hpp"
#include "commands/parts.hpp"
#include "protocol/rest/answers.hpp"
#include "protocol/rest/metrics.hpp"
#include "protocol/rest/openapi.hpp"
#include "protocol/rest/query.hpp"
#include "protocol/rest/routes.hpp"

namespace doze::rest {
namespace {

namespace json = boost::json;

std::string below_api(std::string_view path) {
    return fmt::format("/api/v1{}", path);
}

/// Only what no form of a foreign page can send is a command.
bool is_json(std::string_view content_type) {
    return commands::same_word(content_type.substr(0, content_type.find_first_of("; ")), "application/json");
}

/// A handler of what has no parameters.
template <class Answer>
WebHandler without_query(Answer answer) {
    return [answer](const WebRequest& request, const auto& reply, const std::weak_ptr<commands::EventSink>& listener) {
        const auto none = parse_query(request.query, {});
        reply(none ? answer(request, listener) : refusal(none.error()));
    };
}

/// What a path names is there or it is not: no list of all regions stands in for one that doze does not have, as it
/// does for the original's dashboard.
std::optional<Error> unknown_region(const core::State& state, const json::object& content) {
    const auto* region = content.if_contains("region");
    if (region == nullptr || !region->is_string()) return std::nullopt;
    const auto known = commands::known_region(state, region->get_string());
    if (!known) return known.error();
    return std::nullopt;
}

}  // namespace

std::vector<Route> Api::routes() {
    std::vector<Route> rows;
    for (const auto& row : command_routes())
        rows.push_back({.method = row.method,
                        .path = below_api(row.path),
                        .handler =
                            [this, &row](const WebRequest& request, auto reply, const auto&) {
                                const auto& command = *commands::find_command(commands::Form::json, row.type);
                                carry_out(request, command, row.member, std::move(reply));
                            },
                        .document = [&row](auto& paths) { document_route(paths, row); }});
    rows.push_back({.method = "POST",
                    .path = below_api("/commands/*"),
                    .handler = [this](const WebRequest& request, auto reply,
                                      const auto&) { post_command(request, std::move(reply)); },
                    .document = document_commands});
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

void Api::post_command(const WebRequest& request, Reply reply) {
    const auto& word = request.path.back();
    const auto* command = request.path.size() == 4 ? commands::find_command(commands::Form::json, word) : nullptr;
    if (command && is_offered(*command)) return carry_out(request, *command, {}, std::move(reply));
    reply(refusal(404, ErrorCode::unknown_command, fmt::format("There is no command {} over HTTP.", quoted(word))));
}

void Api::carry_out(const WebRequest& request, const commands::Command& command, std::string_view member, Reply reply) {
    const bool has_body = request.method == "POST";
    auto content = parse_query(request.query, has_body ? commands::Content{} : command.content);
    if (content && has_body && !request.body.empty()) {
        if (!is_json(request.content_type))
            return reply(refusal(415, ErrorCode::bad_request, "The body must be application/json."));
        content = commands::parse_object(request.body);
    }
    if (!content) return reply(refusal(content.error()));
    if (const auto elsewhere = has_body ? std::nullopt : unknown_region(host_.state(), *content))
        return reply(refusal(*elsewhere));

    const json::object message{{"id", "http"}, {"type", command.type}, {"content", std::move(*content)}};
    const auto text = json::serialize(message);
    if (command.reach == commands::Scope::silent) {
        dispatcher_.handle(text, commands::no_limit, [](std::string_view) {});
        return reply({.status = 202, .body = "{}"});
    }
    dispatcher_.handle(text, commands::no_limit, [reply = std::move(reply), member](std::string_view answer) {
        reply(from_answer(answer, member));
    });
}

}  // namespace doze::rest
