#pragma once

#include <string_view>
#include <yaml-cpp/node/node.h>

#include "base/result.hpp"

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

}  // namespace doze::config
