#include "protocol/rest/api.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/quoted.hpp"
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
using commands::WebReply;
using commands::WebRequest;

/// The path below /api/v1, or the whole one.
std::string path_of(const WebRequest& request) {
    const bool below = request.path.size() >= 2 && request.path[0] == "api" && request.path[1] == "v1";
    std::string path;
    for (std::size_t i = below ? 2 : 0; i < request.path.size(); ++i) path += "/" + request.path[i];
    return below ? path : ":" + path;
}

/// Only what no form of a foreign page can send is a command.
bool is_json(std::string_view content_type) {
    return commands::same_word(content_type.substr(0, content_type.find_first_of("; ")), "application/json");
}

WebReply not_allowed(const std::string& allowed) {
    auto reply = refusal(405, ErrorCode::bad_request, fmt::format("Only {} works here.", allowed));
    reply.headers.emplace_back("Allow", allowed);
    return reply;
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

void Api::handle(const WebRequest& request, Reply reply, std::weak_ptr<commands::EventSink> listener) {
    answer(request, path_of(request), std::move(reply), std::move(listener));
}

void Api::answer(const WebRequest& request, std::string_view path, Reply reply,
                 std::weak_ptr<commands::EventSink> listener) {
    if (path == ":/metrics" || path == "/openapi.json" || path == "/events") {
        if (request.method != "GET") return reply(not_allowed("GET"));
        if (const auto none = parse_query(request.query, {}); !none) return reply(refusal(none.error()));
        if (path == "/events") return reply(events(std::move(listener)));
        if (path == "/openapi.json") return reply({.body = openapi_document(request.server, about_.version)});
        return reply({.content_type = std::string(metrics_type), .body = metrics(host_, about_)});
    }
    std::string allowed;
    for (const auto& route : routes()) {
        if (route.path != path) continue;
        if (route.method != request.method) {
            allowed.append(allowed.empty() ? "" : ", ").append(route.method);
            continue;
        }
        return carry_out(request, *commands::find_command(commands::Form::json, route.type), route.member,
                         std::move(reply));
    }
    constexpr std::string_view commands_below = "/commands/";
    if (path.starts_with(commands_below)) {
        const auto word = path.substr(commands_below.size());
        const auto* command = commands::find_command(commands::Form::json, word);
        if (!command || !is_offered(*command))
            return reply(refusal(404, ErrorCode::unknown_command,
                                 fmt::format("There is no command {} over HTTP.", quoted(word))));
        if (request.method == "POST") return carry_out(request, *command, {}, std::move(reply));
        allowed = "POST";
    }
    if (!allowed.empty()) return reply(not_allowed(allowed));
    reply(refusal(404, ErrorCode::not_found, "There is nothing here. /api/v1/openapi.json says what there is."));
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

WebReply Api::events(std::weak_ptr<commands::EventSink> listener) {
    host_.subscribe(std::move(listener));
    return {.content_type = "text/event-stream", .body = ": events of doze\n\n", .stays_open = true};
}

}  // namespace doze::rest
