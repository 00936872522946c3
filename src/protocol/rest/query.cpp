#include "protocol/rest/query.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "base/text.hpp"
#include "commands/parts.hpp"

namespace doze::rest {
namespace {

namespace json = boost::json;
using commands::ParamType;

Result<json::value> parse_value(const commands::Param& param, const std::string& text) {
    if (param.type == ParamType::text) return json::value(text);
    boost::system::error_code failed;
    auto value = json::parse(text, failed);
    const bool fits = !failed && (param.type == ParamType::flag ? value.is_bool() : value.is_number());
    if (!fits) {
        const auto* shape = param.type == ParamType::flag ? "true or false" : "a number";
        return commands::bad_request(
            fmt::format("The parameter '{}' must be {}, and is {}.", param.name, shape, quoted(text)));
    }
    return value;
}

}  // namespace

Result<json::object> parse_query(const std::vector<std::pair<std::string, std::string>>& query,
                                 const commands::Content& content) {
    json::object members;
    for (const auto& [name, text] : query) {
        const auto param = std::ranges::find(content.params, name, &commands::Param::name);
        if (param == content.params.end())
            return commands::bad_request(fmt::format("There is no parameter {} here.", quoted(name)));
        if (members.contains(name))
            return commands::bad_request(fmt::format("The parameter '{}' is there twice.", param->name));
        auto value = parse_value(*param, text);
        if (!value) return value.error();
        members.emplace(name, std::move(*value));
    }
    return members;
}

}  // namespace doze::rest
