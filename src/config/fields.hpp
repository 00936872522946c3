#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/field.hpp"

namespace doze::config {

/// The table of all keys, with their checks and meanings; nothing else knows them. Loading, validation, the default
/// file and docs/configuration.md use it. Grouped by section, as in settings.json.
[[nodiscard]] const std::vector<Field>& fields();

/// Index of a key in fields().
[[nodiscard]] std::optional<std::size_t> find_field(std::string_view key);

/// All keys, for suggestions.
[[nodiscard]] std::span<const std::string_view> field_keys();

/// All sections ("activity_monitor", "activity_monitor.mouse", ...), then all keys.
[[nodiscard]] std::span<const std::string_view> sections_and_keys();

/// docs/configuration.md, rendered from the field table. A unit test compares the page with it.
[[nodiscard]] std::string reference_page();

}  // namespace doze::config
