#pragma once

#include "cli/cli.hpp"

namespace doze::daemon {

/// The whole program in the foreground, until SIGINT or SIGTERM. Returns the exit code: cli::success, or
/// cli::failed where it can't start, with the reason on the terminal (and in the log where there is one).
int run(const cli::RunOptions& options);

}  // namespace doze::daemon
