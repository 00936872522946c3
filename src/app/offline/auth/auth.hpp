#pragma once

#include "cli/console.hpp"

namespace doze::auth {

/// `doze auth`: shows, sets or forgets the credentials of doze, in this process, whether or not a daemon runs. Asks
/// AWS, and the terminal where keys are set. Returns the exit code.
int run(const cli::AuthOptions& options, const cli::Console& console);

}  // namespace doze::auth
