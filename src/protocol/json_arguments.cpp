#include "protocol/json_arguments.hpp"

#include <string_view>

namespace doze::protocol {
namespace json = boost::json;
using commands::GivenValue;
using commands::ParamType;
namespace {

const json::value* present(const json::object& members, std::string_view name) {
    const auto* member = members.if_contains(name);
    return member && !member->is_null() ? member : nullptr;
}

}  // namespace

GivenValue JsonArguments::find(const commands::Param& param) const {
    const auto* member = present(content_, param.name);
    if (!member && param.beside_content && beside_) member = present(*beside_, param.name);
    return member ? to_argument(*member) : GivenValue();
}

GivenValue to_argument(const json::value& value) {
    switch (value.kind()) {
        case json::kind::null: return {};
        case json::kind::string: return std::string_view(value.get_string().data(), value.get_string().size());
        case json::kind::bool_: return value.get_bool();
        case json::kind::int64: return value.get_int64();
        case json::kind::uint64: return static_cast<double>(value.get_uint64());
        case json::kind::double_: return value.get_double();
        default: return commands::OtherValue();
    }
}

std::string_view json_type(ParamType type) {
    switch (type) {
        case ParamType::integer: return "integer";
        case ParamType::seconds: return "number";
        case ParamType::flag: return "boolean";
        default: return "string";
    }
}

}  // namespace doze::protocol
