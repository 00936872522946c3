#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace doze::aws {

/// A command line in words, as the AWS CLI splits it (Python's shlex.split): blanks separate, quotes and backslashes
/// keep them, nothing else has a meaning. None where a quote is not closed or nothing follows a backslash.
[[nodiscard]] std::optional<std::vector<std::string>> split_words(std::string_view line);

}  // namespace doze::aws
