#pragma once

#include "app/offline/runtime.hpp"
#include "cli/console.hpp"

namespace doze::auth {

/// Which place gave the credentials, what AWS takes them for, when they expire, and the default region. Where there
/// are none, every place that was looked at. Returns the exit code.
int show_status(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

}  // namespace doze::auth
