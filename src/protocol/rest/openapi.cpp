#include "protocol/rest/openapi.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "protocol/rest/schemas.hpp"

namespace doze::rest {
namespace {

namespace json = boost::json;

json::object reference(std::string_view schema) {
    return {{"$ref", fmt::format("#/components/schemas/{}", schema)}};
}

json::object answer(std::string_view description, std::string_view schema) {
    return {{"description", description}, {"content", {{"application/json", {{"schema", reference(schema)}}}}}};
}

struct Refusal {
    std::string_view status;
    std::string_view what;
};

/// Refusals that any request may get.
constexpr Refusal refusals[] = {{"400", "Malformed: says which part"},
                                {"401", "No key, or a wrong one"},
                                {"403", "Not from here, or AWS refused"},
                                {"404", "Not there, or not registered"},
                                {"405", "Not this method"},
                                {"409", "Guarded, or registered already"},
                                {"413", "Too long"},
                                {"415", "Not JSON"},
                                {"429", "Too often"},
                                {"500", "A fault of doze"},
                                {"502", "AWS failed"},
                                {"503", "No credentials for AWS"}};

json::object refusal_references() {
    json::object all;
    for (const auto& refusal : refusals)
        all[refusal.status] = {{"$ref", fmt::format("#/components/responses/{}", refusal.status)}};
    return all;
}

json::object refusal_responses() {
    json::object all;
    for (const auto& refusal : refusals) all[refusal.status] = answer(refusal.what, "Error");
    return all;
}

/// "postSnooze"
std::string operation_id(std::string_view method, std::string_view path) {
    std::string id = method == "GET" ? "get" : method == "POST" ? "post" : "delete";
    bool begins = true;
    for (const char c : path) {
        const bool letter = is_letter(c) || is_digit(c);
        if (letter) id += begins ? upper_case(c) : c;
        begins = !letter;
    }
    return id;
}

json::object operation(std::string_view method, std::string_view path, std::string_view tag, std::string_view summary,
                       const commands::Command& command, std::string_view schema) {
    const bool silent = command.reach == commands::Scope::silent;
    auto replies = refusal_references();
    replies[silent ? "202" : "200"] = silent ? answer("Taken", "Object") : answer("Done", schema);
    json::object made{{"operationId", operation_id(method, path)},
                      {"tags", json::array{tag}},
                      {"summary", summary},
                      {"responses", std::move(replies)}};
    if (method == "POST") {
        auto content = content_schema(command);
        const bool required = content.contains("oneOf") || content.contains("required");
        made["requestBody"] = {{"required", required},
                               {"content", {{"application/json", {{"schema", std::move(content)}}}}}};
    } else if (method == "GET") {
        made["parameters"] = query_parameters(command);
    }
    return made;
}

json::object& item_of(json::object& paths, std::string_view path) {
    auto& item = paths[path];
    if (!item.is_object()) item.emplace_object();
    return item.get_object();
}

}  // namespace

void document_route(json::object& paths, const CommandRoute& route, const commands::Command& command) {
    const auto* method = route.method == "GET" ? "get" : route.method == "POST" ? "post" : "delete";
    item_of(paths, route.path)[method] =
        operation(route.method, route.path, route.tag, route.summary, command, route.schema);
}

void document_commands(json::object& paths) {
    for (const auto& command : commands::commands()) {
        if (!is_offered(command)) continue;
        const auto path = command_path(command);
        item_of(paths, path)["post"] = operation("POST", path, "Commands", command.summary, command, "Object");
    }
}

void document_events(json::object& paths) {
    auto replies = refusal_references();
    replies["200"] = {{"description", "Done"}, {"content", {{"text/event-stream", json::object()}}}};
    item_of(paths, "/events")["get"] = {{"operationId", "getEvents"},
                                        {"tags", json::array{"You and doze"}},
                                        {"summary", "What happens, as it happens"},
                                        {"responses", std::move(replies)}};
}

std::string openapi_document(std::span<const Route> routes, std::string_view server, std::string_view version) {
    json::object paths;
    for (const auto& route : routes)
        if (route.document) route.document(paths);
    return json::serialize(json::object{
        {"openapi", "3.1.0"},
        {"info",
         {{"title", "doze"},
          {"version", version},
          {"description",
           "Puts your AWS resources to sleep while you are away from the desk, and wakes them on return."}}},
        {"servers", json::array{{{"url", fmt::format("{}/api/v1", server)}}}},
        {"security", json::array{json::object(), {{"token", json::array()}}}},
        {"paths", std::move(paths)},
        {"components",
         {{"schemas", schemas()},
          {"responses", refusal_responses()},
          {"securitySchemes", {{"token", {{"type", "http"}, {"scheme", "bearer"}}}}}}}});
}

}  // namespace doze::rest
