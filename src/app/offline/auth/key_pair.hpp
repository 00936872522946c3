#pragma once

#include "adapters/aws/protocol/credentials.hpp"
#include "base/result.hpp"
#include "cli/console.hpp"

namespace doze::auth {

/// Asks for an access key ID and its secret: on the terminal, where the secret is not shown, or else two lines of the
/// standard input. `bad_request` says what is wrong with them.
[[nodiscard]] Result<aws::Credentials> ask_for_key_pair(const cli::Console& console);

/// Whether this can be a pair of a user's own keys. The error never holds the secret.
[[nodiscard]] Result<void> check_key_pair(const aws::Credentials& keys);

}  // namespace doze::auth
