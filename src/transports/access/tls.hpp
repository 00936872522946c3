#pragma once

#include <filesystem>
#include <memory>
#include <openssl/ssl.h>

#include "base/result.hpp"

namespace doze::transports {

/// What connections under TLS have in common: certificate and key, TLS 1.2 or newer.
using TlsContext = std::shared_ptr<SSL_CTX>;

/// Reads both files (PEM; the certificate may be followed by its chain). Fails where they can't be read or do not
/// belong together; the error says which setting is wrong.
[[nodiscard]] Result<TlsContext> open_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

}  // namespace doze::transports
