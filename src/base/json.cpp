#include "base/json.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <utility>

namespace doze {

namespace json = boost::json;

namespace {

const json::object no_object;
const json::array no_array;

}  // namespace

std::optional<json::object> parse_json_object(std::string_view text, json::storage_ptr memory) {
    boost::system::error_code broken;
    auto value = json::parse(text, broken, std::move(memory));
    if (broken || !value.is_object()) return std::nullopt;
    return std::move(value.get_object());
}

std::optional<std::string> string_at(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    if (!member || !member->is_string()) return std::nullopt;
    return std::string(member->get_string());
}

std::optional<std::int64_t> number_at(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    if (!member || !member->is_int64()) return std::nullopt;
    return member->get_int64();
}

const json::object* find_object(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    return member ? member->if_object() : nullptr;
}

const json::array* find_array(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    return member ? member->if_array() : nullptr;
}

std::string_view text_at(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    if (!member || !member->is_string()) return {};
    return member->get_string();
}

bool flag_at(const json::object& from, std::string_view name) {
    const auto* member = from.if_contains(name);
    return member && member->is_bool() && member->get_bool();
}

const json::object& object_at(const json::object& from, std::string_view name) {
    const auto* found = find_object(from, name);
    return found ? *found : no_object;
}

const json::array& array_at(const json::object& from, std::string_view name) {
    const auto* found = find_array(from, name);
    return found ? *found : no_array;
}

const json::object& as_object(const json::value& value) {
    return value.is_object() ? value.get_object() : no_object;
}

}  // namespace doze
