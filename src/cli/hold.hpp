#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "cli/console.hpp"

namespace doze::cli {

/// Runs the command, found as a shell finds it, and keeps everything awake meanwhile, also over a restart of doze. The
/// result is its exit code, 128 and the signal that ended it, or 126 or 127 where it can't be run. Signals to this
/// process go on to the command. Where doze is not running it says so, and runs the command all the same.
int run_held(const std::vector<std::string>& command, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
