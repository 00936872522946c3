#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace doze::config {

struct JsonMember;

/// JSON with the line of each value, which boost::json::value does not keep. Members keep their order and
/// duplicates.
struct JsonNode {
    using List = std::vector<JsonNode>;
    using Object = std::vector<JsonMember>;

    int line = 0;                                                                               ///< From 1.
    std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, List, Object> value;  ///< null unless set.
};

struct JsonMember {
    std::string key;
    int line = 0;  ///< Line of the key.
    JsonNode node;
};

/// Parses strict JSON (no comments, no trailing comma) up to 32 levels deep; a byte order mark is allowed. Errors are
/// `bad_request` and name file, line and column; they never quote the text.
[[nodiscard]] Result<JsonNode> parse_json(std::string_view text, std::string_view file);

}  // namespace doze::config
