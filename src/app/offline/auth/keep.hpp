#pragma once

#include "adapters/aws/protocol/credentials.hpp"
#include "app/offline/runtime.hpp"
#include "base/result.hpp"
#include "cli/console.hpp"

/// A key pair that is asked for, and where it is kept.
namespace doze::auth {

/// Asks for an access key ID and its secret: on the terminal, where the secret is not shown, or else two lines of the
/// standard input. `bad_request` says what is wrong with them.
[[nodiscard]] Result<aws::Credentials> ask_for_key_pair(const cli::Console& console);

/// Whether this can be a pair of a user's own keys. The error never holds the secret.
[[nodiscard]] Result<void> check_key_pair(const aws::Credentials& keys);

/// Asks for a key pair, checks it with AWS, and keeps it in the desktop's keyring, or where there is none in the
/// credentials file (0600). Nowhere else. Returns the exit code.
int set_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

/// Takes away what set_keys() kept, wherever it is. Returns the exit code.
int forget_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

}  // namespace doze::auth
