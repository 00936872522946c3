#include "cli/members.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/json.hpp"

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

}  // namespace doze::cli
