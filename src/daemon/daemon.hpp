#pragma once

#include "cli/run_options.hpp"

namespace doze::daemon {

/// The whole program in the foreground, until SIGINT or SIGTERM. Returns the exit code: 0, or 1 where it
/// can't start, with the reason on the terminal and in the log.
int run(const cli::RunOptions& options);

}  // namespace doze::daemon
