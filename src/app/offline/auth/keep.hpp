#pragma once

#include "app/offline/runtime.hpp"
#include "cli/console.hpp"

namespace doze::auth {

/// Asks for a key pair, checks it with AWS, and keeps it in the desktop's keyring, or where there is none in the
/// credentials file (0600). Nowhere else. Returns the exit code.
int set_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

/// Takes away what set_keys() kept, wherever it is. Returns the exit code.
int forget_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

}  // namespace doze::auth
