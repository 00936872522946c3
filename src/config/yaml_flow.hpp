#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doze::config {

/// Where the parts of one flow collection ("[a, b]" or "{a: 1}") stand in a text, as byte offsets.
struct FlowSpan {
    struct Item {
        std::size_t begin;
        std::size_t end;
    };
    std::size_t open;
    std::size_t close;
    std::vector<Item> items;
    std::vector<std::size_t> commas;  ///< One less than items, or as many where the last one has a comma too.
};

/// Scans the collection whose bracket stands at `open`; none if it is not one or does not end.
[[nodiscard]] std::optional<FlowSpan> scan_flow(std::string_view text, std::size_t open);

/// The text with one more item at the end of the collection.
[[nodiscard]] std::string flow_insert(std::string_view text, const FlowSpan& span, std::string_view item);

/// The text without an item and its comma, and without its line if nothing else stood there. Comments stay.
[[nodiscard]] std::string flow_erase(std::string_view text, const FlowSpan& span, std::size_t index);

}  // namespace doze::config
