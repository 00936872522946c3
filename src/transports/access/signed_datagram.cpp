#include "transports/access/signed_datagram.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <system_error>

namespace doze::transports {
namespace {

constexpr std::string_view version = "DOZE1 ";
constexpr std::size_t nonce_digits = 32;
constexpr std::size_t hmac_digits = 64;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Up to the next of these, which is dropped. None where there is none.
std::optional<std::string_view> up_to(char end, std::string_view& text) {
    const auto at = text.find(end);
    if (at == std::string_view::npos) return std::nullopt;
    const auto word = text.substr(0, at);
    text.remove_prefix(at + 1);
    return word;
}

std::string hmac_of(const Secret& token, std::string_view head, std::string_view command) {
    const auto text = fmt::format("{}\n{}", head, command);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto key = token.view();
    ::HMAC(::EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    std::string hex;
    for (unsigned i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

}  // namespace

std::optional<SignedDatagram> SignedDatagram::parse(std::string_view datagram) {
    if (!datagram.starts_with(version)) return std::nullopt;
    auto rest = datagram.substr(version.size());
    const auto time = up_to(' ', rest);
    const auto nonce = up_to(' ', rest);
    const auto hmac = up_to('\n', rest);
    if (!time || !nonce || !hmac || nonce->size() != nonce_digits || hmac->size() != hmac_digits || !is_hex(*nonce) ||
        !is_hex(*hmac)) {
        return std::nullopt;
    }
    SignedDatagram signed_one{.nonce = *nonce,
                              .hmac = *hmac,
                              .head = datagram.substr(0, version.size() + time->size() + 1 + nonce_digits),
                              .command = rest};
    const auto [end, bad] = std::from_chars(time->data(), time->data() + time->size(), signed_one.time);
    if (bad != std::errc() || end != time->data() + time->size() || signed_one.time < 0) return std::nullopt;
    return signed_one;
}

bool SignedDatagram::is_by(const Secret& token) const {
    const auto right = hmac_of(token, head, command);
    return !token.empty() && right.size() == hmac.size() && CRYPTO_memcmp(right.data(), hmac.data(), right.size()) == 0;
}

std::string sign_datagram(const Secret& token, std::int64_t time, std::string_view nonce, std::string_view command) {
    const auto head = fmt::format("{}{} {}", version, time, nonce);
    return fmt::format("{} {}\n{}", head, hmac_of(token, head, command), command);
}

std::optional<std::string_view> SignedDatagrams::let_in(std::string_view datagram, std::int64_t now) {
    const auto one = SignedDatagram::parse(datagram);
    if (!one || one->time < now - most_seconds || one->time > now + most_seconds) return std::nullopt;
    if (!one->is_by(token_)) return std::nullopt;
    if (nonces_.size() >= most_nonces) forget_old(now);
    if (one->time <= forgotten_until_ || nonces_.size() >= most_nonces) return std::nullopt;
    if (!nonces_.emplace(one->nonce, one->time).second) return std::nullopt;
    return one->command;
}

/// A clock that is set back must not make what was forgotten young again.
void SignedDatagrams::forget_old(std::int64_t now) {
    std::erase_if(nonces_, [&](const auto& used) { return used.second < now - most_seconds; });
    forgotten_until_ = std::max(forgotten_until_, now - most_seconds - 1);
}

}  // namespace doze::transports
