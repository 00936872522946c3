#include "cli/pretty_json.hpp"

#include <boost/json/serialize.hpp>
#include <string_view>

#include "protocol/json_writer.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

void add(std::string& out, const json::value& value, std::size_t depth) {
    const auto line = [&](std::size_t level) { out.append("\n").append(2 * level, ' '); };
    std::string_view between;
    if (const auto* array = value.if_array(); array && !array->empty()) {
        out += '[';
        for (const auto& item : *array) {
            out += between;
            line(depth + 1);
            add(out, item, depth + 1);
            between = ",";
        }
        line(depth);
        out += ']';
    } else if (const auto* object = value.if_object(); object && !object->empty()) {
        out += '{';
        for (const auto& [key, item] : *object) {
            out += between;
            line(depth + 1);
            out.append(json::serialize(key)).append(": ");
            add(out, item, depth + 1);
            between = ",";
        }
        line(depth);
        out += '}';
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string pretty(const json::value& value) {
    std::string out;
    add(out, value, 0);
    out += '\n';
    return protocol::with_escapes(out);
}

}  // namespace doze::cli
