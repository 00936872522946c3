#pragma once

#include "cli/console.hpp"

namespace doze::auth {

/// `doze auth`: shows, sets or forgets doze's credentials, with or without a running daemon. Asks AWS, and for `set`
/// the terminal. Returns the exit code.
int run(const cli::AuthOptions& options, const cli::Console& console);

}  // namespace doze::auth
