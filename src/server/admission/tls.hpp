#pragma once

#include <filesystem>
#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "server/complaints.hpp"

namespace doze::server {

/// Shared by all TLS connections: certificate and key, TLS 1.2 or newer.
using TlsContext = std::shared_ptr<SSL_CTX>;

/// Reads both files (PEM; the certificate may be followed by its chain). Fails if they can't be read, do not match, or
/// the key is not the person's own; the error names the wrong setting.
[[nodiscard]] Result<TlsContext> open_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

/// Certificate and key, reread when the files change, so that renewing them needs no restart. Loop's thread only.
class TlsFiles {
   public:
    /// As open_tls(). Logs to `complaints` if others may read the key.
    static Result<std::shared_ptr<TlsFiles>> open(std::filesystem::path certificate, std::filesystem::path key,
                                                  std::shared_ptr<Complaints> complaints);

    /// For the next connection. If new files are not usable yet (only one has been written), the previous ones stay.
    [[nodiscard]] const TlsContext& context();

   private:
    TlsFiles(std::filesystem::path certificate, std::filesystem::path key, std::shared_ptr<Complaints> complaints)
        : certificate_(std::move(certificate)), key_(std::move(key)), complaints_(std::move(complaints)) {}

    Result<void> read();

    std::filesystem::path certificate_;
    std::filesystem::path key_;
    std::shared_ptr<Complaints> complaints_;
    TlsContext context_;
    std::string stamp_;  ///< Of the files tried last.
};

}  // namespace doze::server
