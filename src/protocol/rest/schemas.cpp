#include "protocol/rest/schemas.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "commands/table_params.hpp"
#include "core/effect.hpp"
#include "core/model/kinds.hpp"
#include "protocol/decoder.hpp"
#include "protocol/rest/command_routes.hpp"

namespace doze::rest {

namespace {

namespace json = boost::json;
using commands::Param;
using commands::ParamType;

std::string_view type_of(const Param& param) {
    return protocol::json_type(param.type);
}

json::array choices_of(const Param& param) {
    json::array choices;
    if (param.type == ParamType::kind)
        for (const auto& kind : core::kinds()) choices.emplace_back(lower_case(kind.command));
    for (auto rest = param.choices; !rest.empty();) {
        const auto choice = rest.substr(0, rest.find('|'));
        choices.emplace_back(choice);
        rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
    }
    return choices;
}

json::object schema_of(const Param& param) {
    constexpr auto unbounded = std::numeric_limits<std::int64_t>::max();
    json::object schema;
    if (param.type == ParamType::choice || param.type == ParamType::kind) {
        schema["enum"] = choices_of(param);
    } else if (type_of(param) == "string") {
        if (param.least > 0) schema["minLength"] = param.least;
        if (!param.pattern.empty()) schema["pattern"] = param.pattern;
        if (param.most != unbounded) schema["maxLength"] = param.most;
    } else if (param.type != ParamType::flag) {
        schema["minimum"] = param.least;
        if (param.type == ParamType::integer) schema["maximum"] = param.most;
    }
    return schema;
}

/// The schema of a member, which may be null: that counts as missing.
json::object member_schema(const Param& param) {
    if (param.tolerant) return {{"description", param.what}};
    auto schema = schema_of(param);
    if (auto* choices = schema.if_contains("enum")) {
        if (!param.required) choices->get_array().emplace_back(nullptr);
    } else if (param.required) {
        schema["type"] = type_of(param);
    } else {
        schema["type"] = json::array{type_of(param), "null"};
    }
    schema["description"] = param.what;
    return schema;
}

struct Variant {
    json::object properties = {};
    json::array required = {};

    void add(const Param& param) {
        properties[param.name] = member_schema(param);
        if (param.required) required.emplace_back(param.name);
    }
    void add_constant(std::string_view name, std::string_view value) {
        properties[name] = {{"const", value}};
        required.emplace_back(name);
    }
    json::object schema(std::string_view title) && {
        json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
        if (!title.empty()) schema["title"] = title;
        if (!required.empty()) schema["required"] = std::move(required);
        return schema;
    }
};

/// The parameters that name a resource of a kind.
Variant resource_of(const core::KindInfo& kind) {
    Variant variant;
    variant.add_constant(commands::service_type().name, kind.command);
    for (const auto& param : commands::resource_params(kind)) variant.add(param);
    return variant;
}

/// A content about a resource: a schema for each kind, and one more for SCALE if the kind has sizes.
json::object resource_schema(const commands::Command& command) {
    json::array kinds;
    for (const auto& kind : core::kinds()) {
        auto variant = resource_of(kind);
        bool scales = false;
        for (const auto& param : command.params) {
            if (param.fits && !(kind.*param.fits)) continue;
            if (param.name == "action") {
                auto plain = param;
                plain.choices = "START|STOP";
                variant.add(plain);
                scales = kind.sized;
            } else {
                variant.add(param);
            }
        }
        if (scales) {
            auto scale = variant;
            scale.properties["action"] = {{"const", "SCALE"}};
            scale.properties["desired_size"].as_object()["type"] = "integer";
            scale.required.emplace_back("desired_size");
            kinds.push_back(std::move(scale).schema(std::string(kind.noun) + ", to scale"));
        }
        kinds.push_back(std::move(variant).schema(kind.noun));
    }
    return {{"oneOf", std::move(kinds)}};
}

}  // namespace

json::object content_schema(const commands::Command& command) {
    if (command.resource == commands::ResourceOf::any_kind) return resource_schema(command);
    Variant variant;
    for (const auto& param : command.params) variant.add(param);
    auto schema = std::move(variant).schema({});
    if (command.one_of) {
        json::array ways;
        for (const auto& param : command.params) {
            auto one = param;
            one.required = true;
            Variant way;
            way.add(one);
            ways.push_back(std::move(way).schema(param.name));
        }
        return {{"oneOf", std::move(ways)}};
    }
    return schema;
}

json::array query_parameters(const commands::Command& command) {
    json::array parameters;
    for (const auto& param : command.params) {
        auto schema = schema_of(param);
        if (!schema.contains("enum")) schema["type"] = type_of(param);
        parameters.push_back({{"name", param.name},
                              {"in", "query"},
                              {"required", param.required},
                              {"description", param.what},
                              {"schema", std::move(schema)}});
    }
    return parameters;
}

namespace {

namespace json = boost::json;

/// Schemas that don't depend on the kinds. Further members may be added by a newer doze.
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
"Age": {"type": ["integer", "null"], "description": "Seconds since the oldest reading; null if there was none"},
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

/// An object of arrays, with their age and the errors of reading them.
json::object list_of(json::object arrays, json::array required) {
    arrays["age_seconds"] = {{"$ref", "#/components/schemas/Age"}};
    arrays["errors"] = {{"$ref", "#/components/schemas/Trouble"}};
    required.emplace_back("age_seconds");
    return {{"type", "object"}, {"required", std::move(required)}, {"properties", std::move(arrays)}};
}

}  // namespace

json::object schemas() {
    auto all = json::parse(json::string_view(fixed.data(), fixed.size())).as_object();
    json::object everything, registrations;
    json::array names, registered;
    for (const auto& kind : core::kinds()) {
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
