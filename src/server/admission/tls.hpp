#pragma once

#include <filesystem>
#include <memory>
#include <openssl/ssl.h>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "server/complaints.hpp"

namespace doze::server {

/// What connections under TLS have in common: certificate and key, TLS 1.2 or newer.
using TlsContext = std::shared_ptr<SSL_CTX>;

/// Reads both files (PEM; the certificate may be followed by its chain). Fails where they can't be read, do not belong
/// together, or the key is not the person's own; the error says which setting is wrong.
[[nodiscard]] Result<TlsContext> open_tls(const std::filesystem::path& certificate, const std::filesystem::path& key);

/// Certificate and key as they are on disk: whoever renews them restarts nothing. Lives on the loop's thread.
class TlsFiles {
   public:
    /// As open_tls(). A key that others may read is told to `complaints`.
    static Result<std::shared_ptr<TlsFiles>> open(std::filesystem::path certificate, std::filesystem::path key,
                                                  std::shared_ptr<Complaints> complaints);

    /// For the next connection. Where new files can't be used yet (one of two has been written), those before go on.
    [[nodiscard]] const TlsContext& context();

   private:
    TlsFiles(std::filesystem::path certificate, std::filesystem::path key, std::shared_ptr<Complaints> complaints)
        : certificate_(std::move(certificate)), key_(std::move(key)), complaints_(std::move(complaints)) {}

    Result<void> read();

    std::filesystem::path certificate_;
    std::filesystem::path key_;
    std::shared_ptr<Complaints> complaints_;
    TlsContext context_;
    std::string stamp_;  ///< Of the files that were tried last.
};

}  // namespace doze::server
