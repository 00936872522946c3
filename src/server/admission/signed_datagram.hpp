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

/// A datagram that proves that its sender has the token (docs/protocol.md, "Who may talk"):
///
///     DOZE2 TIME NONCE RECEIVER HMAC\n
///     command
///
/// TIME is in seconds since the epoch, NONCE 32 and HMAC 64 hexadecimal digits, RECEIVER where it is sent to
/// ("192.0.2.1:20200", "[2001:db8::1]:20200"); the HMAC-SHA256, with the token as its key, is over
/// "DOZE2 TIME NONCE RECEIVER\n" and the command.
struct SignedDatagram {
    std::int64_t time = 0;
    std::string_view nonce;
    End receiver;
    std::string_view hmac;
    std::string_view head;  ///< "DOZE2 TIME NONCE RECEIVER"
    std::string_view command;

    /// None for any other form.
    [[nodiscard]] static std::optional<SignedDatagram> parse(std::string_view datagram);

    [[nodiscard]] bool is_by(const Secret& token) const;
};

/// Makes one. `nonce`: 32 hexadecimal digits that were never used before.
[[nodiscard]] std::string sign_datagram(const Secret& token, std::int64_t time, std::string_view nonce,
                                        const End& receiver, std::string_view command);

/// What became of a datagram.
struct Passage {
    std::optional<std::string_view> command;  ///< Lives as long as the datagram; none where it was refused.
    std::string_view kind = {};               ///< Of the refusal: one word.
    std::string reason = {};                  ///< For the log: why it was refused, as the rest of a sentence.
};

/// Lets each signed datagram in once, while it is young, and at the receiver that it was signed for. Pure.
class SignedDatagrams {
   public:
    /// By how many seconds a sender's clock may be off, either way, the journey included.
    static constexpr std::int64_t most_seconds = 30;

    /// As many nonces are remembered; when there are more, all senders wait until some are too old to be used again.
    static constexpr std::size_t most_nonces = 65'536;

    /// `now` in seconds since the epoch: what was signed up to then may have been let in by an earlier doze.
    SignedDatagrams(Secret token, std::int64_t now) : token_(std::move(token)), forgotten_until_(now) {}

    /// Whether it means to be a signed one, of whatever version.
    [[nodiscard]] static bool is_meant(std::string_view datagram);

    /// `here`: where it arrived.
    [[nodiscard]] Passage let_in(std::string_view datagram, const End& here, std::int64_t now);

   private:
    void forget_old(std::int64_t now);

    Secret token_;
    std::map<std::string, std::int64_t, std::less<>> nonces_;  ///< And when they were used, by the sender's clock.
    std::int64_t forgotten_until_;  ///< Of what was signed up to then no nonce is known any more.
};

}  // namespace doze::server
