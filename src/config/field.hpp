#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/json_tree.hpp"
#include "config/settings_file.hpp"

namespace doze::config {

/// Bounds of a number, both included.
struct Range {
    double min;
    double max;
};

/// What a text, or each text of a list, must look like.
struct TextCheck {
    std::string_view expected;  ///< "an IP address such as 127.0.0.1"
    bool (*ok)(std::string_view text);
};

/// What is allowed as a value, and what it counts.
struct Check {
    std::optional<Range> range = std::nullopt;     ///< Numbers.
    std::optional<TextCheck> text = std::nullopt;  ///< Texts and lists of texts.
    bool may_be_empty = false;                     ///< Lists.
    bool secret = false;                           ///< The value is never shown.
    std::string_view unit = {};
    double milliseconds = 0;  ///< Of one unit, where the unit is one of time.
};

/// One key of settings.json, bound to a member of Settings. Made by field() and its like (config/fields.cpp).
struct Field {
    std::string_view key;  ///< Dotted, as in Settings::get().
    Check check;
    std::string_view meaning;  ///< One sentence.
    Value default_value;       ///< What the member is where nobody sets it. Its type is the field's type.
    void (*apply)(Settings& settings, const Check& check, const Value& value);  ///< Into the member.
};

/// What is allowed, as it follows "must be": "a number from 0.01 to 10080".
[[nodiscard]] std::string allowed(const Field& field);

/// The value of a field if it is allowed there, else nothing.
[[nodiscard]] std::optional<Value> read_value(const Field& field, const JsonNode& node);

/// A value as JSON on one line.
[[nodiscard]] std::string to_json(const Value& value);

}  // namespace doze::config
