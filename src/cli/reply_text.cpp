#include "cli/reply_text.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <string_view>

#include "base/json.hpp"
#include "protocol/json_writer.hpp"

namespace doze::cli {

namespace json = boost::json;

std::string shown_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (!member || member->is_null()) return {};
    if (const auto* text = member->if_string()) return std::string(*text);
    return json::serialize(*member);
}

std::string size_at(const json::object& object, std::string_view desired, std::string_view min, std::string_view max) {
    const auto size = number_at(object, desired);
    if (!size) return {};
    const auto least = number_at(object, min);
    const auto most = number_at(object, max);
    return least && most ? fmt::format("{} ({} to {})", *size, *least, *most) : fmt::format("{}", *size);
}

std::string running_at(const json::object& object, std::string_view running, std::string_view desired) {
    const auto wanted = number_at(object, desired);
    const auto there = number_at(object, running);
    if (!wanted || !there) return {};
    return *wanted == 0 && *there == 0 ? "none" : fmt::format("{} of {} running", *there, *wanted);
}

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
