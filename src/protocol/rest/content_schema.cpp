#include "protocol/rest/content_schema.hpp"

#include <limits>
#include <string>
#include <string_view>
#include <utility>

#include "core/model/kinds.hpp"

namespace doze::rest {
namespace {

namespace json = boost::json;
using commands::Param;
using commands::ParamType;

std::string_view type_of(ParamType type) {
    switch (type) {
        case ParamType::text: return "string";
        case ParamType::whole: return "integer";
        case ParamType::number: return "number";
        case ParamType::flag: return "boolean";
    }
    return "string";
}

json::array choices_of(const Param& param) {
    json::array choices;
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
    if (!param.choices.empty()) {
        schema["enum"] = choices_of(param);
    } else if (param.type == ParamType::text) {
        if (param.least > 0) schema["minLength"] = param.least;
        if (!param.pattern.empty()) schema["pattern"] = param.pattern;
        if (param.most != unbounded) schema["maxLength"] = param.most;
    } else if (param.type != ParamType::flag) {
        schema["minimum"] = param.least;
        schema["maximum"] = param.most;
        if (param.type == ParamType::number) schema.erase("maximum");
    }
    return schema;
}

/// As a member: null is as good as nothing.
json::object member_schema(const Param& param) {
    auto schema = schema_of(param);
    if (auto* choices = schema.if_contains("enum")) {
        if (!param.required) choices->get_array().emplace_back(nullptr);
    } else if (param.required) {
        schema["type"] = type_of(param.type);
    } else {
        schema["type"] = json::array{type_of(param.type), "null"};
    }
    schema["description"] = param.what;
    return schema;
}

struct Variant {
    json::object properties;
    json::array required;

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

/// What names a resource of one kind.
Variant resource_of(const core::KindInfo& kind) {
    Variant variant;
    variant.add_constant("service_type", kind.command);
    if (kind.in_cluster)
        variant.add(
            {.name = "cluster_name", .required = true, .pattern = commands::pattern::name, .what = "Its cluster"});
    variant.add({.name = kind.name_key,
                 .required = true,
                 .pattern = commands::pattern::of_name(kind.kind),
                 .what = "Its name, or identifier"});
    variant.add(
        {.name = "region", .required = true, .most = 32, .pattern = commands::pattern::region, .what = "Where it is"});
    variant.add({.name = "profile",
                 .pattern = commands::pattern::profile,
                 .what = "The profile of ~/.aws that reaches it, where it is not the usual one"});
    return variant;
}

bool fits(const Param& param, const core::KindInfo& kind) {
    switch (param.fits) {
        case commands::AppliesTo::all: return true;
        case commands::AppliesTo::sized: return kind.sized;
        case commands::AppliesTo::loaded: return kind.loaded;
        case commands::AppliesTo::ec2: return kind.kind == core::Kind::ec2;
    }
    return true;
}

/// A content with a resource in it: one schema for each kind, and for SCALE one more where the kind has sizes.
json::object resource_schema(const commands::Content& content) {
    json::array kinds;
    for (const auto& kind : core::kinds()) {
        auto variant = resource_of(kind);
        bool scales = false;
        for (const auto& param : content.params) {
            if (!fits(param, kind)) continue;
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
    const auto& content = command.content;
    if (content.resource) return resource_schema(content);
    Variant variant;
    for (const auto& param : content.params) variant.add(param);
    auto schema = std::move(variant).schema({});
    if (content.one_of) {
        json::array ways;
        for (const auto& param : content.params) {
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
    for (const auto& param : command.content.params) {
        auto schema = schema_of(param);
        if (!schema.contains("enum")) schema["type"] = type_of(param.type);
        parameters.push_back({{"name", param.name},
                              {"in", "query"},
                              {"required", param.required},
                              {"description", param.what},
                              {"schema", std::move(schema)}});
    }
    return parameters;
}

}  // namespace doze::rest
