#pragma once

#include <filesystem>

#include "cli/arguments.hpp"
#include "cli/console.hpp"

namespace doze::cli {

/// `doze watch`: shows what doze does, on the whole terminal, until `q`, Ctrl-C or a signal. Blocks until then; the
/// result is the exit code.
int watch(const Arguments& arguments, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
