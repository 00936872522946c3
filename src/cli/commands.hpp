#pragma once

#include <filesystem>

#include "cli/command_line.hpp"
#include "cli/console.hpp"

namespace doze::cli {

/// Whether the output is to be coloured.
[[nodiscard]] bool wants_color(const Arguments& arguments, const Console& console);

/// Carries out every command that is a client of the daemon; the result is the exit code.
int run_client(const Arguments& arguments, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
