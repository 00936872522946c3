#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/json_tree.hpp"
#include "config/settings_file.hpp"

namespace doze::config {

/// Range of a number, both ends included.
struct Range {
    double min;
    double max;
};

/// The format of a text, or of each text in a list.
struct TextCheck {
    std::string_view expected;  ///< "an IP address such as 127.0.0.1"
    bool (*ok)(std::string_view text);
};

/// Which values are allowed, and their unit.
struct Check {
    std::optional<Range> range = std::nullopt;     ///< Numbers.
    std::optional<TextCheck> text = std::nullopt;  ///< Texts and lists of texts.
    bool may_be_empty = false;                     ///< Lists.
    bool secret = false;                           ///< The value is never displayed.
    std::string_view unit = {};
    double milliseconds = 0;  ///< Length of one unit, if it is a unit of time.
};

/// A key of settings.json, bound to a member of Settings. Created by field() and its like (config/fields.cpp).
struct Field {
    std::string_view key;  ///< Dotted, as in Settings::get().
    Check check;
    std::string_view meaning;  ///< One sentence.
    Value default_value;       ///< The member's initial value. Its type is the field's type.
    void (*apply)(Settings& settings, const Check& check, const Value& value);  ///< Stores the value in the member.
};

/// The allowed values, to follow "must be": "a number from 0.01 to 10080".
[[nodiscard]] std::string allowed(const Field& field);

/// The value, if the field allows it; else empty.
[[nodiscard]] std::optional<Value> read_value(const Field& field, const JsonNode& node);

/// A value as one line of JSON.
[[nodiscard]] std::string to_json(const Value& value);

}  // namespace doze::config
