#pragma once

#include "cli/cli.hpp"
#include "cli/console.hpp"

namespace doze::init {

/// `doze init`: asks for what doze needs to know, tries it, and writes settings.json and services.yaml, in place. Needs
/// no daemon. Nothing is written before the last question is answered with yes, but for keys that its person gives to
/// be kept. Returns the exit code.
int run(const cli::InitOptions& options, const cli::Console& console);

}  // namespace doze::init
