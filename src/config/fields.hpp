#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/json_tree.hpp"
#include "config/settings.hpp"

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

/// One key of settings.json. The table of these is the only place that knows keys, defaults and checks:
/// it drives loading, validation, the defaults that are written, and docs/configuration.md.
struct Field {
    std::string_view key;                                ///< Dotted, as in get().
    Value default_value;                                 ///< Its type is the field's type.
    std::optional<Range> range = std::nullopt;           ///< Numbers.
    std::optional<TextCheck> text_check = std::nullopt;  ///< Texts and lists of texts.
    bool may_be_empty = false;                           ///< Lists.
    bool secret = false;                                 ///< Its value is never shown.
    std::string_view unit = {};
    std::string_view meaning;                               ///< One sentence.
    void (*apply)(Settings& settings, const Value& value);  ///< Into the typed member.
};

/// The table, grouped by section as settings.json is.
[[nodiscard]] const std::vector<Field>& fields();

/// Index of a key in fields().
[[nodiscard]] std::optional<std::size_t> find_field(std::string_view key);

/// All keys, for suggestions.
[[nodiscard]] std::span<const std::string_view> field_keys();

/// All sections ("activity_monitor", "activity_monitor.mouse", ...), then all keys.
[[nodiscard]] std::span<const std::string_view> sections_and_keys();

/// What is allowed, as it follows "must be": "a number from 0.01 to 10080".
[[nodiscard]] std::string allowed(const Field& field);

/// The value of a field if it is allowed there, else nothing.
[[nodiscard]] std::optional<Value> read_value(const Field& field, const JsonNode& node);

/// A value as JSON on one line.
[[nodiscard]] std::string to_json(const Value& value);

}  // namespace doze::config
