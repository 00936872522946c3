#pragma once

#include <filesystem>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace doze::cli {

/// Carries out every command but `run`; the result is the exit code.
int run_client(const Arguments& arguments, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
