#include "protocol/rest/web_request.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <set>
#include <string_view>

#include "base/text.hpp"
#include "commands/params.hpp"
#include "protocol/decoder.hpp"

namespace doze::rest {

namespace {

using commands::bad_request;
using commands::GivenValue;
using commands::Param;

class QueryArguments final : public commands::Arguments {
   public:
    [[nodiscard]] GivenValue find(const Param& param) const override {
        const auto found = std::ranges::find(given_, param.name, &Given::first);
        return found == given_.end() ? GivenValue() : found->second;
    }

    void add(std::string_view name, GivenValue value) { given_.emplace_back(name, value); }

   private:
    using Given = std::pair<std::string_view, GivenValue>;
    std::vector<Given> given_;
};

Error unknown(std::string_view name) {
    return bad_request(fmt::format("There is no parameter {} here.", quoted(name)));
}

Result<GivenValue> parse_value(const Param& param, const std::string& text) {
    const auto type = protocol::json_type(param.type);
    if (type == "string") return GivenValue(std::string_view(text));
    boost::system::error_code failed;
    const auto value = boost::json::parse(text, failed);
    const bool is_flag = type == "boolean";
    if (failed || !(is_flag ? value.is_bool() : value.is_number()))
        return bad_request(fmt::format("The parameter '{}' must be {}, and is {}.", param.name,
                                       is_flag ? "true or false" : "a number", quoted(text)));
    return protocol::to_argument(value);
}

}  // namespace

Result<void> check_is_empty(const Query& query) {
    if (query.empty()) return {};
    return unknown(query.front().first);
}

Result<commands::Request> to_request(const Query& query, const commands::Command& command) {
    QueryArguments arguments;
    std::set<std::string_view> seen;
    for (const auto& [name, text] : query) {
        const auto param = std::ranges::find(command.params, name, &Param::name);
        if (param == command.params.end()) return unknown(name);
        if (!seen.insert(name).second)
            return bad_request(fmt::format("The parameter '{}' is there twice.", param->name));
        const auto value = parse_value(*param, text);
        if (!value) return value.error();
        arguments.add(name, *value);
    }
    return commands::to_request(command, arguments);
}

}  // namespace doze::rest
