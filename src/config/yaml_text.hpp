#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <yaml-cpp/node/node.h>

#include "base/result.hpp"
#include "core/model/resource.hpp"

/// YAML as text: what yaml-cpp may be given, and how a text is written.
namespace doze::config {

/// A parsed text. (A plain YAML::Node takes any type in its constructor, so Result can't hold one.)
struct YamlDocument {
    YAML::Node root;
};

/// The one place where yaml-cpp parses, and its exceptions become errors (`bad_request`, with file and
/// line). One document only; an empty text is a null node. Aliases are shared nodes, so a small text never
/// becomes a large tree; deeper than yaml-cpp's 500 levels is an error.
/// REQUIRES: check_text() passed, no byte order mark: then the marks of the nodes count bytes of `text`.
[[nodiscard]] Result<YamlDocument> load_yaml(std::string_view text, std::string_view file);

/// A text as a YAML scalar on one line that every YAML reader takes for that same text: plain where that is
/// beyond doubt, else quoted. Fits into block and flow collections alike.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

/// A registration as an item of a flow list: "{instance_id: i-0abc, region: us-east-1, description: ''}".
[[nodiscard]] std::string yaml_flow_item(const core::Registration& registration);

/// The same as an item of a block list, its dash at column `indent`, each line ending in `newline`.
[[nodiscard]] std::string yaml_block_item(const core::Registration& registration, std::size_t indent,
                                          std::string_view newline);

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
