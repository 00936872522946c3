#pragma once

#include "cli/cli.hpp"

namespace doze::daemon {

/// Runs the daemon in the foreground until SIGINT or SIGTERM. Returns the exit code: cli::success, or cli::failed if it
/// can't start, with the reason on the terminal (and in the log if there is one).
int run(const cli::RunOptions& options);

}  // namespace doze::daemon
