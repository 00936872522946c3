#include "cli/members.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace doze::cli {
namespace {

namespace json = boost::json;

const json::object no_object;
const json::array no_array;

}  // namespace

std::string text_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (!member || member->is_null()) return {};
    if (const auto* text = member->if_string()) return std::string(*text);
    return json::serialize(*member);
}

std::optional<std::int64_t> number_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    if (!member || !member->is_int64()) return std::nullopt;
    return member->get_int64();
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

bool flag_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    return member && member->is_bool() && member->get_bool();
}

const json::object& object_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    return member ? as_object(*member) : no_object;
}

const json::array& array_at(const json::object& object, std::string_view name) {
    const auto* member = object.if_contains(name);
    return member && member->is_array() ? member->get_array() : no_array;
}

const json::object& as_object(const json::value& item) {
    return item.is_object() ? item.get_object() : no_object;
}

}  // namespace doze::cli
