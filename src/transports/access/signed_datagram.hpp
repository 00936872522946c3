#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace doze::transports {

/// A datagram that proves that its sender has the token (docs/protocol.md, "Who may talk"):
///
///     DOZE1 TIME NONCE HMAC\n
///     command
///
/// TIME is in seconds since the epoch, NONCE 32 and HMAC 64 hexadecimal digits; the HMAC-SHA256, with the token as its
/// key, is over "DOZE1 TIME NONCE\n" and the command.
struct SignedDatagram {
    std::int64_t time = 0;
    std::string_view nonce;
    std::string_view hmac;
    std::string_view head;  ///< "DOZE1 TIME NONCE"
    std::string_view command;

    /// None for any other form.
    [[nodiscard]] static std::optional<SignedDatagram> parse(std::string_view datagram);

    [[nodiscard]] bool is_by(const Secret& token) const;
};

/// Makes one. `nonce`: 32 hexadecimal digits that were never used before.
[[nodiscard]] std::string sign_datagram(const Secret& token, std::int64_t time, std::string_view nonce,
                                        std::string_view command);

/// Lets each signed datagram in once, while it is young. Pure.
class SignedDatagrams {
   public:
    /// By how many seconds a sender's clock may be off, either way, the journey included.
    static constexpr std::int64_t most_seconds = 30;

    /// As many nonces are remembered; when there are more, all senders wait until some are too old to be used again.
    static constexpr std::size_t most_nonces = 65'536;

    /// `now` in seconds since the epoch: what was signed up to then may have been let in by an earlier doze.
    SignedDatagrams(Secret token, std::int64_t now) : token_(std::move(token)), forgotten_until_(now) {}

    /// The command, or nothing for what is not to be trusted.
    [[nodiscard]] std::optional<std::string_view> let_in(std::string_view datagram, std::int64_t now);

   private:
    void forget_old(std::int64_t now);

    Secret token_;
    std::map<std::string, std::int64_t, std::less<>> nonces_;  ///< And when they were used, by the sender's clock.
    std::int64_t forgotten_until_;  ///< Of what was signed up to then no nonce is known any more.
};

}  // namespace doze::transports
