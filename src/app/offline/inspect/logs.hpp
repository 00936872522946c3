#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// Reads the log, whose lines are "[time] [level] [module] - message".
namespace doze::inspect {

/// The last lines of the log in the state directory, from as many files as needed, and the end of the current file.
/// `not_found` if there is no log yet.
struct LastLines {
    std::vector<std::string> lines;  ///< Oldest first; without line ends.
    std::size_t end = 0;             ///< Bytes of the current file that are in `lines`.
};
[[nodiscard]] Result<LastLines> last_lines(const std::filesystem::path& state_dir, std::size_t count);

/// A line for people, safe for a terminal, with its level in colour.
[[nodiscard]] std::string log_text(std::string_view line, bool color);

/// A line for programs: time, level, module and message; only a message if the line is not in the log's format.
[[nodiscard]] std::string log_json(std::string_view line);

}  // namespace doze::inspect
