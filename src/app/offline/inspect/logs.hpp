#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

/// The log as text: "[time] [level] [module] - message", a line each.
namespace doze::inspect {

/// The last lines of the log in the state directory, from as many of its files as needed, and where the newest file
/// ended. `not_found` where there is no log yet.
struct LastLines {
    std::vector<std::string> lines;  ///< Oldest first; without line ends.
    std::size_t end = 0;             ///< Bytes of the newest file that are in `lines`.
};
[[nodiscard]] Result<LastLines> last_lines(const std::filesystem::path& state_dir, std::size_t count);

/// One line for people, safe for a terminal; its level in colour.
[[nodiscard]] std::string log_text(std::string_view line, bool color);

/// One line for programs: time, level, module and message; only a message where the line is none of the log's.
[[nodiscard]] std::string log_json(std::string_view line);

}  // namespace doze::inspect
