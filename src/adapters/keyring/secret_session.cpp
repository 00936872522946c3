#include "adapters/keyring/secret_session.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstring>
#include <functional>
#include <memory>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rand.h>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

#include "adapters/keyring/bus_keyring.hpp"
#include "base/async_event.hpp"
#include "base/handle.hpp"

namespace doze::keyring {

namespace asio = boost::asio;

namespace {

/// Runs `work` on a thread of its own; the coroutine waits on the loop for its result.
template <class T>
asio::awaitable<T> on_thread(std::function<T()> work) {
    struct Outcome {
        AsyncEvent done;
        std::optional<T> result;
    };
    const auto executor = co_await asio::this_coro::executor;
    const std::shared_ptr<Outcome> outcome(new Outcome{.done = AsyncEvent(executor), .result = {}});
    const std::jthread thread([executor, outcome, work = std::move(work)] {
        auto result = std::make_shared<T>(work());
        asio::post(executor, [outcome, result] {
            outcome->result = std::move(*result);
            outcome->done.set();
        });
    });
    co_await outcome->done.wait();
    co_return std::move(*outcome->result);
}

}  // namespace

asio::awaitable<Result<std::optional<Secret>>> SecretService::read(std::string name) {
    std::function<Result<std::optional<Secret>>()> work = [name] {
        return with_keyring<std::optional<Secret>>([&](BusKeyring& keyring) { return keyring.read(name); });
    };
    co_return co_await on_thread(std::move(work));
}

asio::awaitable<Result<void>> SecretService::write(std::string name, Secret text) {
    std::function<Result<void>()> work = [name, text] {
        return with_keyring<void>([&](BusKeyring& keyring) { return keyring.write(name, text); });
    };
    co_return co_await on_thread(std::move(work));
}

asio::awaitable<Result<bool>> SecretService::erase(std::string name) {
    std::function<Result<bool>()> work = [name] {
        return with_keyring<bool>([&](BusKeyring& keyring) { return keyring.erase(name); });
    };
    co_return co_await on_thread(std::move(work));
}

namespace {

constexpr std::size_t prime_size = 128;  // RFC 2409, second Oakley group
constexpr std::size_t block_size = 16;   // AES

using Number = Handle<BIGNUM, BN_clear_free>;

void need(bool worked) {
    if (!worked) throw std::logic_error("OpenSSL can't do what every version of it can");
}

const unsigned char* bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

Number prime() {
    return Number(BN_get_rfc2409_prime_1024(nullptr));
}

/// base ^ exponent modulo the prime, padded to the prime's length.
std::string power(const BIGNUM* base, const Secret& exponent) {
    const Handle<BN_CTX, BN_CTX_free> context(BN_CTX_new());
    const Number result(BN_new());
    const Number secret(BN_bin2bn(bytes(exponent.view()), static_cast<int>(exponent.view().size()), nullptr));
    const Number modulus = prime();
    BN_set_flags(secret.get(), BN_FLG_CONSTTIME);
    need(BN_mod_exp(result.get(), base, secret.get(), modulus.get(), context.get()) == 1);
    std::string text(prime_size, '\0');
    need(BN_bn2binpad(result.get(), bytes(text), static_cast<int>(text.size())) == static_cast<int>(prime_size));
    return text;
}

/// HKDF with SHA-256, without salt and info.
Secret derive_key(const Secret& shared) {
    const Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, nullptr));
    need(context && EVP_PKEY_derive_init(context.get()) == 1);
    need(EVP_PKEY_CTX_set_hkdf_md(context.get(), EVP_sha256()) == 1);
    need(EVP_PKEY_CTX_set1_hkdf_key(context.get(), bytes(shared.view()), static_cast<int>(shared.view().size())) == 1);
    std::string key(block_size, '\0');
    std::size_t size = key.size();
    need(EVP_PKEY_derive(context.get(), bytes(key), &size) == 1 && size == key.size());
    return Secret::of(key);
}

}  // namespace

SecretSession::SecretSession() {
    std::string drawn(prime_size - 1, '\0');  // One byte less than the prime: always smaller.
    need(RAND_priv_bytes(bytes(drawn), static_cast<int>(drawn.size())) == 1);
    private_key_ = Secret::of(drawn);
    const Number generator(BN_new());
    need(BN_set_word(generator.get(), 2) == 1);
    const auto own = power(generator.get(), private_key_);
    public_key_.assign(own.begin(), own.end());
}

bool SecretSession::agree(const Bytes& public_key_of_service) {
    if (public_key_of_service.empty() || public_key_of_service.size() > prime_size) return false;
    const Number other(
        BN_bin2bn(public_key_of_service.data(), static_cast<int>(public_key_of_service.size()), nullptr));
    const Number largest = prime();
    need(BN_sub_word(largest.get(), 1) == 1);
    // With 0, 1 or prime - 1 the shared key would be known to everybody.
    if (BN_is_zero(other.get()) || BN_is_one(other.get()) || BN_cmp(other.get(), largest.get()) >= 0) return false;
    auto shared = power(other.get(), private_key_);
    key_ = derive_key(Secret::of(shared));
    return true;
}

Sealed SecretSession::seal(const Secret& text) const {
    Sealed sealed{.parameters = Bytes(block_size), .value = Bytes(text.view().size() + block_size)};
    need(RAND_bytes(sealed.parameters.data(), static_cast<int>(sealed.parameters.size())) == 1);
    const Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
    need(EVP_EncryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, bytes(key_.view()), sealed.parameters.data()) ==
         1);
    int first = 0;
    int last = 0;
    need(EVP_EncryptUpdate(context.get(), sealed.value.data(), &first, bytes(text.view()),
                           static_cast<int>(text.view().size())) == 1);
    need(EVP_EncryptFinal_ex(context.get(), sealed.value.data() + first, &last) == 1);
    sealed.value.resize(static_cast<std::size_t>(first) + static_cast<std::size_t>(last));
    return sealed;
}

std::optional<Secret> SecretSession::unseal(const Sealed& sealed) const {
    if (sealed.parameters.size() != block_size) return std::nullopt;
    const Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context(EVP_CIPHER_CTX_new());
    need(EVP_DecryptInit_ex(context.get(), EVP_aes_128_cbc(), nullptr, bytes(key_.view()), sealed.parameters.data()) ==
         1);
    std::string text(sealed.value.size() + block_size, '\0');
    int first = 0;
    int last = 0;
    const bool good = EVP_DecryptUpdate(context.get(), bytes(text), &first, sealed.value.data(),
                                        static_cast<int>(sealed.value.size())) == 1 &&
                      EVP_DecryptFinal_ex(context.get(), bytes(text) + first, &last) == 1;
    const Secret all = Secret::of(text);
    if (!good) return std::nullopt;
    return Secret(all.view().substr(0, static_cast<std::size_t>(first) + static_cast<std::size_t>(last)));
}

}  // namespace doze::keyring
