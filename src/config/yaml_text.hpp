#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <yaml-cpp/node/node.h>

#include "base/result.hpp"
#include "core/model/resource.hpp"

/// YAML as text: parsing with yaml-cpp, and edits that keep the text's layout.
namespace doze::config {

/// A parsed document. (YAML::Node can be constructed from any type, so Result can't hold one.)
struct YamlDocument {
    YAML::Node root;
};

/// Parses YAML and turns yaml-cpp's exceptions into errors (`bad_request`, with file and line); nothing else calls its
/// parser. One document only; an empty text is a null node. Aliases are shared nodes, so a small text never becomes a
/// large tree; more than yaml-cpp's 500 levels are an error. REQUIRES: check_text() passed, no byte order mark: then
/// node marks are byte offsets in `text`.
[[nodiscard]] Result<YamlDocument> load_yaml(std::string_view text, std::string_view file);

/// A text as a one-line YAML scalar that every YAML parser reads as that text: plain if that is certain, else quoted.
/// Valid in block and flow collections.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

/// A registration as an item of a flow list: "{instance_id: i-0abc, region: us-east-1, description: ''}".
[[nodiscard]] std::string yaml_flow_item(const core::Registration& registration);

/// The same as an item of a block list, with its dash at column `indent` and lines ending in `newline`.
[[nodiscard]] std::string yaml_block_item(const core::Registration& registration, std::size_t indent,
                                          std::string_view newline);

/// Byte offsets of the parts of a flow collection ("[a, b]" or "{a: 1}").
struct FlowSpan {
    struct Item {
        std::size_t begin;
        std::size_t end;
    };
    std::size_t open;
    std::size_t close;
    std::vector<Item> items;
    std::vector<std::size_t> commas;  ///< One less than items, or as many with a trailing comma.
};

/// Scans the collection whose bracket is at `open`; empty if there is none or it has no end.
[[nodiscard]] std::optional<FlowSpan> scan_flow(std::string_view text, std::size_t open);

/// The text with another item at the end of the collection.
[[nodiscard]] std::string flow_insert(std::string_view text, const FlowSpan& span, std::string_view item);

/// The text without an item and its comma, and without its line if that is blank then. Comments stay.
[[nodiscard]] std::string flow_erase(std::string_view text, const FlowSpan& span, std::size_t index);

}  // namespace doze::config
