#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/console.hpp"

namespace doze::cli {

/// Runs the command, found by PATH, and keeps everything awake meanwhile, even if doze restarts. Returns the command's
/// exit code, 128 plus the signal that ended it, or 126 or 127 if it can't be run. Signals to this process are passed
/// on. If doze is not running, says so and runs the command all the same.
int run_held(const std::vector<std::string>& command, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
