#include "server/admission/tls.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/handle.hpp"

namespace doze::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class TlsFilesTest : public testing::Test {
   protected:
    TlsFilesTest() {
        std::string name = testing::TempDir() + "doze-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        renew(true, true);
    }
    ~TlsFilesTest() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] std::filesystem::path certificate() const { return folder_ / "certificate.pem"; }
    [[nodiscard]] std::filesystem::path key() const { return folder_ / "key.pem"; }

    /// A new pair, of which only so much is written.
    void renew(bool with_certificate, bool with_key) {
        pair_.reset(::EVP_EC_gen("P-256"));
        const Handle<X509, ::X509_free> made(::X509_new());
        ::ASN1_INTEGER_set(::X509_get_serialNumber(made.get()), ++serial_);
        ::X509_gmtime_adj(::X509_getm_notBefore(made.get()), 0);
        ::X509_gmtime_adj(::X509_getm_notAfter(made.get()), 3600);
        ::X509_set_pubkey(made.get(), pair_.get());
        ::X509_sign(made.get(), pair_.get(), ::EVP_sha256());
        if (with_certificate) write(certificate(), [&](FILE* file) { ::PEM_write_X509(file, made.get()); });
        if (with_key) write_key();
    }
    void write_key() {
        write(key(),
              [&](FILE* file) { ::PEM_write_PrivateKey(file, pair_.get(), nullptr, nullptr, 0, nullptr, nullptr); });
    }

    /// A new file in place of the one before, as programs that renew certificates do it.
    template <class Fill>
    void write(const std::filesystem::path& path, Fill fill) {
        const auto fresh = folder_ / "fresh";
        auto* file = std::fopen(fresh.c_str(), "w");
        fill(file);
        std::fclose(file);
        ::chmod(fresh.c_str(), 0600);
        std::filesystem::rename(fresh, path);
    }

    Result<std::shared_ptr<TlsFiles>> open() {
        return TlsFiles::open(certificate(), key(), std::make_shared<Complaints>([this](std::string_view line) {
                                  told_.emplace_back(line);
                              }));
    }

    static long serial_of(TlsFiles& files) {
        return ::ASN1_INTEGER_get(::X509_get0_serialNumber(::SSL_CTX_get0_certificate(files.context().get())));
    }

    std::filesystem::path folder_;
    Handle<EVP_PKEY, ::EVP_PKEY_free> pair_;
    long serial_ = 0;
    std::vector<std::string> told_;
};

TEST_F(TlsFilesTest, ARenewedPairIsUsedByTheNextConnection) {
    const auto files = open().value();
    EXPECT_EQ(serial_of(*files), 1);
    const auto* before = files->context().get();
    EXPECT_EQ(files->context().get(), before) << "nothing changed";
    renew(true, true);
    EXPECT_EQ(serial_of(*files), 2);
    EXPECT_THAT(told_, IsEmpty());
}

TEST_F(TlsFilesTest, HalfOfARenewedPairChangesNothingYet) {
    const auto files = open().value();
    renew(true, false);
    EXPECT_EQ(serial_of(*files), 1);
    EXPECT_EQ(serial_of(*files), 1);
    EXPECT_THAT(told_, ElementsAre(HasSubstr("The certificate before goes on")));
    write_key();
    EXPECT_EQ(serial_of(*files), 2);
    std::filesystem::remove(key());
    EXPECT_EQ(serial_of(*files), 2);
    write_key();
    EXPECT_EQ(serial_of(*files), 2);
}

TEST_F(TlsFilesTest, EveryCipherForgetsAndAuthenticates) {
    const auto files = open().value();
    auto* ciphers = ::SSL_CTX_get_ciphers(files->context().get());
    ASSERT_GT(sk_SSL_CIPHER_num(ciphers), 3);
    for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
        const auto* cipher = sk_SSL_CIPHER_value(ciphers, i);
        const auto exchange = ::SSL_CIPHER_get_kx_nid(cipher);
        EXPECT_TRUE(exchange == NID_kx_ecdhe || exchange == NID_kx_any) << ::SSL_CIPHER_get_name(cipher);
        EXPECT_EQ(::SSL_CIPHER_is_aead(cipher), 1) << ::SSL_CIPHER_get_name(cipher);
    }
    EXPECT_EQ(::SSL_CTX_get_min_proto_version(files->context().get()), TLS1_2_VERSION);
}

TEST_F(TlsFilesTest, NothingIsAgreedAnewAndNoSessionIsKept) {
    const auto files = open().value();
    auto* context = files->context().get();
    const auto options = ::SSL_CTX_get_options(context);
    EXPECT_NE(options & SSL_OP_NO_RENEGOTIATION, 0U);
    EXPECT_NE(options & SSL_OP_CIPHER_SERVER_PREFERENCE, 0U);
    EXPECT_EQ(::SSL_CTX_get_session_cache_mode(context), SSL_SESS_CACHE_OFF);
    const auto mode = static_cast<unsigned long>(::SSL_CTX_get_mode(context));
    for (const unsigned long one :
         {SSL_MODE_ENABLE_PARTIAL_WRITE, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER, SSL_MODE_RELEASE_BUFFERS})
        EXPECT_NE(mode & one, 0U) << one;
}

TEST_F(TlsFilesTest, OneThatCanNotBeUsedIsNamedAndLeavesNoErrorForTheNextConnection) {
    write(certificate(), [](FILE* file) { std::fputs("none", file); });
    const auto bad_certificate = open();
    ASSERT_FALSE(bad_certificate);
    EXPECT_THAT(bad_certificate.error().message, HasSubstr("security.certificate is "));
    EXPECT_THAT(bad_certificate.error().message, HasSubstr("PEM")) << "why";
    EXPECT_EQ(::ERR_peek_error(), 0U);
    renew(true, false);
    const auto bad_key = open();
    ASSERT_FALSE(bad_key);
    EXPECT_THAT(bad_key.error().message, HasSubstr("security.key is "));
    EXPECT_EQ(::ERR_peek_error(), 0U);
    EXPECT_THAT(open_tls("", key()).error().message, HasSubstr("needs TLS"));
    EXPECT_THAT(open_tls(certificate(), "").error().message, HasSubstr("needs TLS"));
}

TEST_F(TlsFilesTest, AKeyThatOthersReadIsToldAndOneTheyWriteIsRefused) {
    ::chmod(key().c_str(), 0644);
    EXPECT_TRUE(open());
    EXPECT_THAT(told_, ElementsAre(HasSubstr("chmod 600")));
    ::chmod(key().c_str(), 0606);
    const auto writable = open();
    ASSERT_FALSE(writable);
    EXPECT_THAT(writable.error().text(), HasSubstr("security.key: Other users can change"));
    ::chmod(key().c_str(), 0600);
    if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    ASSERT_EQ(::chown(key().c_str(), 65'534, 65'534), 0);
    const auto foreign = open();
    ASSERT_FALSE(foreign);
    EXPECT_THAT(foreign.error().text(), HasSubstr("security.key: "));
}

}  // namespace
}  // namespace doze::server
