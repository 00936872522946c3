#include "server/admission/tls.hpp"

#include <array>
#include <fmt/format.h>
#include <openssl/err.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>

#include "base/ownership.hpp"

namespace doze::server {
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

/// AEAD ciphers with forward secrecy only.
constexpr const char* ciphers_of_tls_1_2 = "ECDHE+AESGCM:ECDHE+CHACHA20";

bool others_may_read(const std::filesystem::path& key) {
    struct stat status {};
    return ::stat(key.c_str(), &status) == 0 && (status.st_mode & S_IROTH) != 0;
}

/// Changes whenever the file is replaced or written.
std::string stamp_of(const std::filesystem::path& file) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0) return "none;";
    return fmt::format("{} {} {} {}.{} {}.{} {:o} {};", status.st_dev, status.st_ino, status.st_size,
                       status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
                       status.st_mode, status.st_uid);
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
    // Somebody who could change them could read everything.
    if (const auto own = check_ownership(certificate); !own) return own.error().within("security.certificate");
    if (const auto own = check_ownership(key); !own) return own.error().within("security.key");
    TlsContext context(::SSL_CTX_new(::TLS_server_method()), ::SSL_CTX_free);
    ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_cipher_list(context.get(), ciphers_of_tls_1_2);
    ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // A write may continue with its buffer elsewhere; an idle connection keeps no buffers.
    ::SSL_CTX_set_mode(context.get(),
                       SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    ::SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
    if (::SSL_CTX_use_certificate_chain_file(context.get(), certificate.c_str()) != 1)
        return cannot_use("security.certificate", certificate);
    if (::SSL_CTX_use_PrivateKey_file(context.get(), key.c_str(), SSL_FILETYPE_PEM) != 1)
        return cannot_use("security.key", key);
    return context;
}

Result<std::shared_ptr<TlsFiles>> TlsFiles::open(std::filesystem::path certificate, std::filesystem::path key,
                                                 std::shared_ptr<Complaints> complaints) {
    std::shared_ptr<TlsFiles> files(new TlsFiles(std::move(certificate), std::move(key), std::move(complaints)));
    if (const auto read = files->read(); !read) return read.error();
    return files;
}

const TlsContext& TlsFiles::context() {
    if (stamp_of(certificate_) + stamp_of(key_) != stamp_)
        if (const auto read = this->read(); !read)
            complaints_->say("certificate", fmt::format("{} The certificate before goes on.", read.error().text()));
    return context_;
}

Result<void> TlsFiles::read() {
    stamp_ = stamp_of(certificate_) + stamp_of(key_);
    auto opened = open_tls(certificate_, key_);
    if (!opened) return opened.error();
    context_ = std::move(*opened);
    if (others_may_read(key_))
        complaints_->say("key", fmt::format("Every user of this machine may read security.key ({0}): chmod 600 {0}.",
                                            key_.string()));
    return {};
}

}  // namespace doze::server
