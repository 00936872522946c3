#include "protocol/rest/schemas.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <string>
#include <string_view>

#include "core/effect.hpp"
#include "core/model/kinds.hpp"
#include "protocol/rest/routes.hpp"

namespace doze::rest {
namespace {

namespace json = boost::json;

/// What is the same whatever the kinds are. Members that are not named here may come with a newer doze.
constexpr std::string_view fixed = R"({
"Error": {"type": "object", "required": ["error", "message"], "properties": {
    "error": {"type": "string", "description": "One of the codes of docs/protocol.md"}, "message": {"type": "string"}}},
"Object": {"type": "object"},
"Done": {"type": "object", "required": ["result", "message"], "properties": {
    "result": {"type": "boolean"}, "message": {"type": "string"}}},
"Snoozed": {"type": "object", "required": ["result", "until", "message"], "properties": {
    "result": {"type": "boolean"}, "until": {"$ref": "#/components/schemas/Moment"}, "message": {"type": "string"}}},
"Moment": {"type": "integer", "description": "Seconds since the epoch"},
"Presence": {"type": "object", "required": ["state", "since", "for_seconds", "away_in_seconds", "sleep_in_seconds", "locked"],
    "properties": {
    "state": {"enum": ["unknown", "active", "idle", "away"]},
    "since": {"$ref": "#/components/schemas/Moment"},
    "for_seconds": {"type": "integer"},
    "away_in_seconds": {"type": ["integer", "null"]},
    "sleep_in_seconds": {"type": ["integer", "null"]},
    "locked": {"type": "boolean"}}},
"Holds": {"type": "array", "items": {"type": "object", "required": ["kind", "why"], "properties": {
    "kind": {"enum": ["snooze", "client", "warning", "inhibitor", "busy"]},
    "why": {"type": "string"},
    "until": {"$ref": "#/components/schemas/Moment"},
    "since": {"$ref": "#/components/schemas/Moment"},
    "id": {"type": "string"}}}},
"Status": {"type": "object", "required": ["version", "uptime_seconds", "dry_run", "presence", "holds", "counts"], "properties": {
    "version": {"type": "string"},
    "uptime_seconds": {"type": "integer"},
    "dry_run": {"type": "boolean"},
    "presence": {"$ref": "#/components/schemas/Presence"},
    "holds": {"$ref": "#/components/schemas/Holds"},
    "journal": {"type": "object", "properties": {"trouble": {"type": ["string", "null"]}, "notes": {"type": "array", "items": {"type": "string"}}}},
    "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
    "sources": {"type": "array", "items": {"type": "object", "required": ["name", "kind", "state", "detail"]}},
    "resources": {"type": "array", "items": {"type": "object", "required": ["id", "kind", "region"]}}}},
"History": {"type": "object", "required": ["lines"], "properties": {
    "lines": {"type": "array", "items": {"type": "object", "required": ["id", "at", "reason", "level", "resource", "text"],
        "properties": {
        "id": {"type": "integer"},
        "at": {"$ref": "#/components/schemas/Moment"},
        "reason": {"type": "string"},
        "level": {"enum": ["info", "warning", "error"]},
        "resource": {"type": ["string", "null"]},
        "text": {"type": "string"}}}},
    "truncated": {"type": "boolean"},
    "before": {"type": "integer"}}},
"Commands": {"type": "object", "required": ["commands"], "properties": {
    "commands": {"type": "array", "items": {"type": "object", "required": ["command", "type", "parts", "summary"]}}}},
"Registered": {"type": "object", "required": ["result", "service_type", "message"]},
"Trouble": {"type": "array", "items": {"type": "object", "required": ["region", "kind", "error", "message"]}},
"Age": {"type": ["integer", "null"], "description": "Seconds since the oldest look; null if there was none"},
"Item": {"type": "object", "required": ["name", "region", "managed", "asleep", "guard"], "properties": {
    "name": {"type": "string"},
    "region": {"type": "string"},
    "managed": {"type": "boolean", "description": "Is it registered"},
    "asleep": {"type": "boolean", "description": "Did doze put it to sleep"},
    "stopped_by_you": {"type": "boolean", "description": "True where it was stopped by a command, and so stays; else missing"},
    "guard": {"type": ["string", "null"], "description": "Why doze never puts it to sleep"}}}
})";

json::object items_of(std::string_view schema) {
    return {{"type", "array"}, {"items", {{"$ref", std::string("#/components/schemas/").append(schema)}}}};
}

/// An object of arrays, with how old they are and what could not be read.
json::object list_of(json::object arrays, json::array required) {
    arrays["age_seconds"] = {{"$ref", "#/components/schemas/Age"}};
    arrays["errors"] = {{"$ref", "#/components/schemas/Trouble"}};
    required.emplace_back("age_seconds");
    return {{"type", "object"}, {"required", std::move(required)}, {"properties", std::move(arrays)}};
}

}  // namespace

json::object schemas(std::span<const core::KindInfo> kinds) {
    auto all = json::parse(json::string_view(fixed.data(), fixed.size())).as_object();
    json::object everything, registrations;
    json::array names, registered;
    for (const auto& kind : kinds) {
        all[list_schema(kind)] = list_of({{kind.array, items_of("Item")}}, {kind.array});
        everything[kind.inventory] = items_of("Item");
        names.emplace_back(kind.inventory);
        registrations[kind.registry] = {{"type", "array"}, {"items", {{"type", "object"}}}};
        registered.emplace_back(kind.registry);
    }
    all["Resources"] = list_of(std::move(everything), std::move(names));
    all["Registrations"] = {
        {"type", "object"}, {"required", std::move(registered)}, {"properties", std::move(registrations)}};
    return all;
}

}  // namespace doze::rest
