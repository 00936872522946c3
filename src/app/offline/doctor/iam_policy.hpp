#pragma once

#include "cli/console.hpp"

namespace doze::doctor {

/// `doze iam-policy`: prints what policy.hpp makes of services.yaml, for the account that the credentials are of.
/// Needs no daemon and no permission. Returns the exit code.
int print_policy(const cli::PolicyOptions& options, const cli::Console& console);

}  // namespace doze::doctor
