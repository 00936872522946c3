#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "server/admission/same_user.hpp"

namespace doze::server {

/// A datagram whose sender proves that it has the token (docs/protocol.md, "Who may talk"):
///
///     DOZE2 TIME NONCE RECEIVER HMAC\n
///     command
///
/// TIME is in seconds since the epoch, NONCE has 32 and HMAC 64 hexadecimal digits, RECEIVER is the destination
/// ("192.0.2.1:20200", "[2001:db8::1]:20200"); the HMAC-SHA256, with the token as key, covers "DOZE2 TIME NONCE
/// RECEIVER\n" and the command.
struct SignedDatagram {
    std::int64_t time = 0;
    std::string_view nonce;
    End receiver;
    std::string_view hmac;
    std::string_view head;  ///< "DOZE2 TIME NONCE RECEIVER"
    std::string_view command;

    /// Empty for any other format.
    [[nodiscard]] static std::optional<SignedDatagram> parse(std::string_view datagram);

    [[nodiscard]] bool is_by(const Secret& token) const;
};

/// Signs a command. `nonce`: 32 hexadecimal digits that were never used before.
[[nodiscard]] std::string sign_datagram(const Secret& token, std::int64_t time, std::string_view nonce,
                                        const End& receiver, std::string_view command);

/// The result of checking a datagram.
struct Passage {
    std::optional<std::string_view> command;  ///< Valid as long as the datagram; empty if refused.
    std::string_view kind = {};               ///< Of the refusal: a single word.
    std::string reason = {};                  ///< For the log: why it was refused, as the rest of a sentence.
};

/// Accepts each signed datagram once, while it is recent, and only at the receiver that it was signed for. Pure.
class SignedDatagrams {
   public:
    /// Largest difference between the sender's clock and doze's, in either direction, including the time in transit.
    static constexpr std::int64_t most_seconds = 30;

    /// Number of nonces remembered; at the limit, all senders wait until some are too old to be repeated.
    static constexpr std::size_t most_nonces = 65'536;

    /// `now` in seconds since the epoch: older signatures may have been accepted by an earlier doze, so they are
    /// refused.
    SignedDatagrams(Secret token, std::int64_t now) : token_(std::move(token)), forgotten_until_(now) {}

    /// Whether it claims to be a signed datagram, of any version.
    [[nodiscard]] static bool is_meant(std::string_view datagram);

    /// `here`: the address at which it arrived.
    [[nodiscard]] Passage let_in(std::string_view datagram, const End& here, std::int64_t now);

   private:
    void forget_old(std::int64_t now);

    Secret token_;
    std::map<std::string, std::int64_t, std::less<>> nonces_;  ///< With their times, by the sender's clock.
    std::int64_t forgotten_until_;                             ///< Nonces signed up to then have been forgotten.
};

}  // namespace doze::server
