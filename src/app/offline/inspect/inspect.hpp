#pragma once

#include "cli/cli.hpp"
#include "cli/console.hpp"

/// What can be looked at whether or not a daemon runs: its configuration and its log. Each returns the exit code.
namespace doze::inspect {

/// `doze config check`: every problem of settings.json and services.yaml with its line. Fails where there is one, be it
/// an error or something that doze would not heed.
int check_config(const cli::InspectOptions& options, const cli::Console& console);

/// `doze config show`: every setting, and where its value comes from. Secrets are not shown.
int show_config(const cli::InspectOptions& options, const cli::Console& console);

/// `doze config registered`: what services.yaml registers, one a line. Fails where the file can't be read.
int show_registered(const cli::InspectOptions& options, const cli::Console& console);

/// `doze logs`: the last lines of the log, over its older files, and with `follow` those that come, until the output
/// is gone or the process ends.
int show_logs(const cli::LogsOptions& options, const cli::Console& console);

}  // namespace doze::inspect
