#include "transports/access/tls.hpp"

#include <array>
#include <fmt/format.h>
#include <openssl/err.h>
#include <string>
#include <string_view>

namespace doze::transports {
namespace {

Error cannot_use(std::string_view setting, const std::filesystem::path& file) {
    std::array<char, 256> reason{};
    ::ERR_error_string_n(::ERR_peek_last_error(), reason.data(), reason.size());
    ::ERR_clear_error();
    return {.code = ErrorCode::bad_request,
            .message = fmt::format("{} is {}, which can't be used: {}.", setting, file.string(), reason.data()),
            .next_step =
                "security.certificate and security.key in settings.json name two PEM files that belong together "
                "and that doze may read."};
}

}  // namespace

Result<TlsContext> open_tls(const std::filesystem::path& certificate, const std::filesystem::path& key) {
    if (certificate.empty() || key.empty()) {
        return Error{.code = ErrorCode::bad_request,
                     .message = "An address that other machines can reach needs TLS.",
                     .next_step =
                         "Set security.certificate and security.key in settings.json to PEM files. `openssl req "
                         "-x509 -newkey rsa:2048 -nodes -days 365 -keyout key.pem -out certificate.pem -subj "
                         "/CN=doze` makes them."};
    }
    TlsContext context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Writes go on where they stopped, from wherever the bytes are then; a connection at rest keeps no buffers.
    ::SSL_CTX_set_mode(context.get(),
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    if (::SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        return cannot_use("security.certificate", certificate);
    if (::SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return cannot_use("security.key", key);
    return context;
}

}  // namespace doze::transports
