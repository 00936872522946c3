#include "server/admission/signed_datagram.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <system_error>
#include <utility>

namespace doze::server {
namespace {

constexpr std::string_view version = "DOZE2 ";
constexpr std::string_view without_receiver = "DOZE1 ";
constexpr std::size_t nonce_digits = 32;
constexpr std::size_t hmac_digits = 64;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

/// Removes and returns the text before `end`, and drops `end`. Empty if it is missing.
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

/// "192.0.2.1:20200", "[2001:db8::1]:20200".
std::optional<End> parse_end(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    auto ip = text.substr(0, colon);
    const auto digits = text.substr(colon + 1);
    const bool is_v6 = ip.starts_with('[') && ip.ends_with(']');
    if (is_v6) ip = ip.substr(1, ip.size() - 2);
    boost::system::error_code bad;
    const auto address = boost::asio::ip::make_address(std::string(ip), bad);
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (bad || address.is_v6() != is_v6 || error != std::errc() || end != digits.data() + digits.size())
        return std::nullopt;
    return End{.ip = address, .port = port};
}

Passage refused(std::string_view kind, std::string reason) {
    return {.command = std::nullopt, .kind = kind, .reason = std::move(reason)};
}

}  // namespace

std::optional<SignedDatagram> SignedDatagram::parse(std::string_view datagram) {
    if (!datagram.starts_with(version)) return std::nullopt;
    auto rest = datagram.substr(version.size());
    const auto time = up_to(' ', rest);
    const auto nonce = up_to(' ', rest);
    const auto receiver = up_to(' ', rest);
    const auto hmac = up_to('\n', rest);
    if (!time || !nonce || !receiver || !hmac || nonce->size() != nonce_digits || hmac->size() != hmac_digits ||
        !is_hex(*nonce) || !is_hex(*hmac)) {
        return std::nullopt;
    }
    const auto end_of_head = static_cast<std::size_t>(receiver->data() + receiver->size() - datagram.data());
    const auto there = parse_end(*receiver);
    if (!there) return std::nullopt;
    SignedDatagram signed_one{
        .nonce = *nonce, .receiver = *there, .hmac = *hmac, .head = datagram.substr(0, end_of_head), .command = rest};
    const auto [end, bad] = std::from_chars(time->data(), time->data() + time->size(), signed_one.time);
    if (bad != std::errc() || end != time->data() + time->size() || signed_one.time < 0) return std::nullopt;
    return signed_one;
}

bool SignedDatagram::is_by(const Secret& token) const {
    const auto right = hmac_of(token, head, command);
    return !token.empty() && right.size() == hmac.size() && CRYPTO_memcmp(right.data(), hmac.data(), right.size()) == 0;
}

std::string sign_datagram(const Secret& token, std::int64_t time, std::string_view nonce, const End& receiver,
                          std::string_view command) {
    const auto head = fmt::format("{}{} {} {}", version, time, nonce, to_string(receiver));
    return fmt::format("{} {}\n{}", head, hmac_of(token, head, command), command);
}

bool SignedDatagrams::is_meant(std::string_view datagram) {
    return datagram.starts_with(version) || datagram.starts_with(without_receiver);
}

Passage SignedDatagrams::let_in(std::string_view datagram, const End& here, std::int64_t now) {
    if (datagram.starts_with(without_receiver))
        return refused("form",
                       "it is signed in the old form (DOZE1), which would be good at every doze with this token; "
                       "sign it as docs/protocol.md says (DOZE2)");
    const auto one = SignedDatagram::parse(datagram);
    if (!one || !one->is_by(token_)) return refused("unsigned", "it is not signed with the token");
    if (plain(one->receiver.ip) != plain(here.ip) || one->receiver.port != here.port)
        return refused("receiver",
                       fmt::format("it was signed for {}, and came to {}", to_string(one->receiver), to_string(here)));
    if (one->time < now - most_seconds || one->time > now + most_seconds)
        return refused("time", fmt::format("its clock and this one's differ by more than {} s", most_seconds));
    if (nonces_.size() >= most_nonces) forget_old(now);
    if (one->time <= forgotten_until_) return refused("time", "it was signed before this doze began");
    if (nonces_.size() >= most_nonces) return refused("full", "too many signed ones came within half a minute");
    if (!nonces_.emplace(one->nonce, one->time).second) return refused("again", "it came before");
    return {.command = one->command};
}

/// A clock that is set back must not make forgotten nonces valid again.
void SignedDatagrams::forget_old(std::int64_t now) {
    std::erase_if(nonces_, [&](const auto& used) { return used.second < now - most_seconds; });
    forgotten_until_ = std::max(forgotten_until_, now - most_seconds - 1);
}

}  // namespace doze::server
