#pragma once

#include "cli/console.hpp"

namespace doze::doctor {

/// `doze doctor`: checks everything that doze depends on and prints a line for each check, with or without a daemon.
/// Changes nothing at AWS or on disk. Takes no longer than `options.within`, whatever hangs. Returns cli::success if
/// nothing failed, else cli::failed.
int run(const cli::DoctorOptions& options, const cli::Console& console);

/// `doze iam-policy`: prints the least IAM policy for services.yaml (policy.hpp), for the credentials' account. Needs
/// no daemon and no permission. Returns the exit code.
int print_policy(const cli::PolicyOptions& options, const cli::Console& console);

}  // namespace doze::doctor
