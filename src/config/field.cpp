#include "config/field.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <fmt/format.h>
#include <utility>
#include <vector>

namespace doze::config {
namespace {

using Texts = std::vector<std::string>;
using Integer = std::int64_t;

std::optional<Value> in_range(const Field& field, double number, Value value) {
    if (field.check.range && (number < field.check.range->min || number > field.check.range->max)) return std::nullopt;
    return value;
}

std::optional<Value> read_integer(const Field& field, const JsonNode& node) {
    if (const auto* whole = std::get_if<Integer>(&node.value))
        return in_range(field, static_cast<double>(*whole), *whole);
    // Some programs write 5 as 5.0.
    const auto* real = std::get_if<double>(&node.value);
    constexpr double exact = 9007199254740992.0;  // 2^53: up to here a double holds every whole number.
    if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > exact) return std::nullopt;
    return in_range(field, *real, static_cast<Integer>(*real));
}

std::optional<Value> read_number(const Field& field, const JsonNode& node) {
    if (const auto* real = std::get_if<double>(&node.value)) return in_range(field, *real, *real);
    if (const auto* whole = std::get_if<Integer>(&node.value)) {
        const auto number = static_cast<double>(*whole);
        return in_range(field, number, number);
    }
    return std::nullopt;
}

std::optional<std::string> read_text(const Field& field, const JsonNode& node) {
    const auto* text = std::get_if<std::string>(&node.value);
    if (text == nullptr || (field.check.text && !field.check.text->ok(*text))) return std::nullopt;
    return *text;
}

std::optional<Value> read_texts(const Field& field, const JsonNode& node) {
    const auto* list = std::get_if<JsonNode::List>(&node.value);
    if (list == nullptr || (list->empty() && !field.check.may_be_empty)) return std::nullopt;
    Texts texts;
    for (const auto& item : *list) {
        auto text = read_text(field, item);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    return texts;
}

}  // namespace

std::string allowed(const Field& field) {
    const auto expected = field.check.text ? field.check.text->expected : std::string_view();
    if (std::holds_alternative<bool>(field.default_value)) return "true or false";
    if (std::holds_alternative<std::string>(field.default_value)) return std::string(expected);
    if (std::holds_alternative<Texts>(field.default_value))
        return fmt::format("a list of {}{}", field.check.may_be_empty ? "" : "one or more ", expected);
    const auto* kind = std::holds_alternative<Integer>(field.default_value) ? "a whole number" : "a number";
    return field.check.range ? fmt::format("{} from {} to {}", kind, field.check.range->min, field.check.range->max)
                             : kind;
}

std::optional<Value> read_value(const Field& field, const JsonNode& node) {
    if (std::holds_alternative<double>(field.default_value)) return read_number(field, node);
    if (std::holds_alternative<Integer>(field.default_value)) return read_integer(field, node);
    if (std::holds_alternative<Texts>(field.default_value)) return read_texts(field, node);
    if (std::holds_alternative<std::string>(field.default_value)) {
        auto text = read_text(field, node);
        if (!text) return std::nullopt;
        return Value(std::move(*text));
    }
    if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
    return std::nullopt;
}

std::string to_json(const Value& value) {
    struct Writer {
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(Integer number) const { return std::to_string(number); }
        std::string operator()(double number) const { return fmt::format("{}", number); }
        std::string operator()(const std::string& text) const {
            return boost::json::serialize(boost::json::value(text));
        }
        std::string operator()(const Texts& texts) const {
            std::string out = "[";
            for (const auto& text : texts) out += (out.size() > 1 ? ", " : "") + (*this)(text);
            return out + "]";
        }
    };
    return std::visit(Writer{}, value);
}

}  // namespace doze::config
