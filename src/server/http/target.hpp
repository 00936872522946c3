#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doze::server {

/// A request's target, decoded: any bytes.
struct WebTarget {
    std::vector<std::string> path;  ///< "/a/b%2Fc" is {"a", "b/c"}; "/" is empty.
    std::vector<std::pair<std::string, std::string>> query;
};

/// Reads "/path?query". None where it is something else, or badly encoded.
[[nodiscard]] std::optional<WebTarget> parse_target(std::string_view text);

/// The first language of an Accept-Language that doze's page speaks: "en" or "ko".
[[nodiscard]] std::string_view page_language(std::string_view accept_language);

}  // namespace doze::server
