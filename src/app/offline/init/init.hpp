#pragma once

#include "cli/cli.hpp"
#include "cli/console.hpp"

namespace doze::init {

/// `doze init`: asks for the necessary settings, tests them, and edits settings.json and services.yaml in place. Needs
/// no daemon. Writes nothing before the last question is answered with yes, except a key pair that the person asks it
/// to store. Returns the exit code.
int run(const cli::InitOptions& options, const cli::Console& console);

}  // namespace doze::init
