#pragma once

#include "cli/cli.hpp"
#include "cli/console.hpp"

/// Shows the configuration and the log, with or without a running daemon. Each function returns the exit code.
namespace doze::inspect {

/// `doze config check`: every problem in settings.json and services.yaml, with its line. Fails if there is one, whether
/// an error or something that doze would ignore.
int check_config(const cli::InspectOptions& options, const cli::Console& console);

/// `doze config show`: every setting, and the origin of its value. Secrets are not shown.
int show_config(const cli::InspectOptions& options, const cli::Console& console);

/// `doze config registered`: the resources registered in services.yaml, one per line. Fails if the file can't be read.
int show_registered(const cli::InspectOptions& options, const cli::Console& console);

/// `doze logs`: the last lines of the log, including its rotated files. With `follow` also new lines, until the output
/// is closed or the process ends.
int show_logs(const cli::LogsOptions& options, const cli::Console& console);

}  // namespace doze::inspect
