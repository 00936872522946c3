#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "server/admission/peer_limits.hpp"
#include "server/admission/same_user.hpp"
#include "server/complaints.hpp"
#include "server/stream/stream.hpp"

namespace doze::server {

/// Who may talk over the connections of one listening address. Lives on the loop's thread.
class Admission {
   public:
    /// `listening_ip`: where doze listens. Fails where only the same user may talk, and the kernel does not tell who
    /// that is.
    static Result<std::shared_ptr<Admission>> open(const Security& security, std::string_view listening_ip,
                                                   std::shared_ptr<Complaints> complaints);

    /// Somebody at the other end of a connection.
    struct RemotePeer {
        bool is_known = false;     ///< The same user. Everybody else must show the token before anything else.
        bool is_near = false;      ///< On this machine.
        std::string key = {};      ///< Whose requests are counted together; for may_ask().
        std::string address = {};  ///< Whose connections and wrong tokens are counted together.
        std::string name = {};     ///< For the log: "192.0.2.1:4711".
    };

    /// UNAUTHORIZED for another user of this machine.
    [[nodiscard]] Result<RemotePeer> authorize(Stream::Socket& socket);

    /// Whether it is the token: `unauthorized` where not, `rate_limited` where too many were wrong just now. Wrong ones
    /// are told in the log.
    [[nodiscard]] Result<void> check_token(const RemotePeer& peer, std::string_view given);

    /// Whether there is a token, and it is this; for those who need none.
    [[nodiscard]] bool is_token(std::string_view given) const;
    [[nodiscard]] bool has_token() const { return !security_.token.empty(); }

    /// Takes one request into account; false if it is one too many (RATE_LIMITED).
    [[nodiscard]] bool may_ask(const std::string& peer);

   private:
    Admission(const Security& security, bool on_loopback, std::shared_ptr<Complaints> complaints)
        : security_(security),
          on_loopback_(on_loopback),
          complaints_(std::move(complaints)),
          limit_(security.requests_per_second) {}

    Security security_;
    bool on_loopback_;
    std::optional<SameUser> same_user_;
    std::shared_ptr<Complaints> complaints_;
    RateLimit limit_;
    Attempts attempts_;
};

/// Whose requests are counted together: each socket on loopback, each address elsewhere.
[[nodiscard]] std::string peer_of(const End& end);

/// Whose connections and wrong tokens are counted together: each address; of IPv6 all that share its first half.
[[nodiscard]] std::string address_of(const End& end);

/// What one is told who has not shown the token.
[[nodiscard]] Error token_needed(std::string message);

/// What one who asks too often is told.
[[nodiscard]] Error too_many_requests();

/// What one who comes when all room is taken is told.
[[nodiscard]] Error too_many_connections();

/// Whether it is the token. How long that takes does not tell how much of it was right.
[[nodiscard]] bool is_token(const Secret& token, std::string_view given);

}  // namespace doze::server
