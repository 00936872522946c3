#pragma once

#include <filesystem>

#include "cli/command_line.hpp"
#include "cli/console.hpp"

namespace doze::cli {

/// Whether to colour the output.
[[nodiscard]] bool wants_color(const Arguments& arguments, const Console& console);

/// Runs a command that is a client of the daemon; returns the exit code.
int run_client(const Arguments& arguments, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
