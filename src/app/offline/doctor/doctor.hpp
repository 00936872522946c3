#pragma once

#include "cli/console.hpp"

namespace doze::doctor {

/// `doze doctor`: checks everything that doze stands on and prints a line for each, with or without a daemon. Changes
/// nothing at AWS and nothing on disk. Takes no longer than `options.within`, whatever hangs. Returns cli::success if
/// nothing failed, else cli::failed.
int run(const cli::DoctorOptions& options, const cli::Console& console);

/// `doze iam-policy`: prints what policy.hpp makes of services.yaml, for the account that the credentials are of.
/// Needs no daemon and no permission. Returns the exit code.
int print_policy(const cli::PolicyOptions& options, const cli::Console& console);

}  // namespace doze::doctor
