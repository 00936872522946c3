#include "protocol/rest/content_schema.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "core/model/kinds.hpp"
#include "protocol/json_arguments.hpp"

namespace doze::rest {
namespace {

namespace json = boost::json;
using commands::Param;
using commands::ParamType;

std::string_view type_of(const Param& param) {
    return protocol::json_type(param.type);
}

json::array choices_of(const Param& param, std::span<const core::KindInfo> kinds) {
    json::array choices;
    if (param.type == ParamType::kind)
        for (const auto& kind : kinds) choices.emplace_back(lower_case(kind.command));
    for (auto rest = param.choices; !rest.empty();) {
        const auto choice = rest.substr(0, rest.find('|'));
        choices.emplace_back(choice);
        rest.remove_prefix(std::min(rest.size(), choice.size() + 1));
    }
    return choices;
}

json::object schema_of(const Param& param, std::span<const core::KindInfo> kinds) {
    constexpr auto unbounded = std::numeric_limits<std::int64_t>::max();
    json::object schema;
    if (param.type == ParamType::choice || param.type == ParamType::kind) {
        schema["enum"] = choices_of(param, kinds);
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

/// As a member: null is as good as nothing.
json::object member_schema(const Param& param, std::span<const core::KindInfo> kinds) {
    if (param.tolerant) return {{"description", param.what}};
    auto schema = schema_of(param, kinds);
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
    std::span<const core::KindInfo> kinds;  ///< Of the table.
    json::object properties = {};
    json::array required = {};

    void add(const Param& param) {
        properties[param.name] = member_schema(param, kinds);
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

/// What names a resource of one kind.
Variant resource_of(const core::KindInfo& kind, std::span<const core::KindInfo> kinds) {
    Variant variant{.kinds = kinds};
    variant.add_constant(commands::service_type().name, kind.command);
    for (const auto& param : commands::resource_params(kind)) variant.add(param);
    return variant;
}

/// A content with a resource in it: one schema for each kind, and for SCALE one more where the kind has sizes.
json::object resource_schema(const commands::Command& command) {
    json::array kinds;
    for (const auto& kind : command.kinds) {
        auto variant = resource_of(kind, command.kinds);
        bool scales = false;
        for (const auto& param : command.params) {
            if (!commands::applies(param.fits, kind)) continue;
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
    Variant variant{.kinds = command.kinds};
    for (const auto& param : command.params) variant.add(param);
    auto schema = std::move(variant).schema({});
    if (command.one_of) {
        json::array ways;
        for (const auto& param : command.params) {
            auto one = param;
            one.required = true;
            Variant way{.kinds = command.kinds};
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
        auto schema = schema_of(param, command.kinds);
        if (!schema.contains("enum")) schema["type"] = type_of(param);
        parameters.push_back({{"name", param.name},
                              {"in", "query"},
                              {"required", param.required},
                              {"description", param.what},
                              {"schema", std::move(schema)}});
    }
    return parameters;
}

}  // namespace doze::rest
