#pragma once

#include "adapters/aws/protocol/credentials.hpp"
#include "app/offline/runtime.hpp"
#include "base/result.hpp"
#include "cli/console.hpp"

/// Asks for a key pair, and stores it.
namespace doze::auth {

/// Asks for an access key ID and its secret: on the terminal, which does not show the secret, or from two lines of
/// standard input. The error is `bad_request`.
[[nodiscard]] Result<aws::Credentials> ask_for_key_pair(const cli::Console& console);

/// Whether this can be a user's long-term key pair. The error never contains the secret.
[[nodiscard]] Result<void> check_key_pair(const aws::Credentials& keys);

/// Asks for a key pair, checks it with AWS, and stores it in the desktop's keyring, or without one in the credentials
/// file (0600). Nowhere else. Returns the exit code.
int set_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

/// Removes the keys that set_keys() stored, wherever they are. Returns the exit code.
int forget_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console);

}  // namespace doze::auth
