#pragma once

#include "adapters/aws/credentials/provider_result.hpp"
#include "base/paths.hpp"

namespace doze::aws {

/// A variable that holds a secret; empty where it is not set.
[[nodiscard]] Secret secret_variable(const Environment& environment, const char* name);

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or AWS_SECURITY_TOKEN), and AWS_CREDENTIAL_EXPIRATION
/// as `aws configure export-credentials` prints it. Half of a pair is an error, not a reason to look further.
[[nodiscard]] ProviderResult from_environment(const Environment& environment, core::WallTime now);

}  // namespace doze::aws
