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

/// Decides who may talk over the connections of a listening address. Loop's thread only.
class Admission {
   public:
    /// `listening_ip`: the address that doze listens on. Fails if only the same user may talk and the kernel does not
    /// tell users apart.
    static Result<std::shared_ptr<Admission>> open(const Security& security, std::string_view listening_ip,
                                                   std::shared_ptr<Complaints> complaints);

    /// The peer of a connection.
    struct RemotePeer {
        bool is_known = false;     ///< The same user. All others must show the token first.
        bool is_near = false;      ///< On this machine.
        std::string key = {};      ///< Requests are counted by this key; for may_ask().
        std::string address = {};  ///< Connections and wrong tokens are counted by this.
        std::string name = {};     ///< For the log: "192.0.2.1:4711".
    };

    /// Fails with UNAUTHORIZED for another user of this machine.
    [[nodiscard]] Result<RemotePeer> authorize(Stream::Socket& socket);

    /// Checks a token: `unauthorized` if it is wrong, `rate_limited` after too many wrong ones. Wrong ones are
    /// logged.
    [[nodiscard]] Result<void> check_token(const RemotePeer& peer, std::string_view given);

    /// Whether a token is set, and this is it; for peers that need none.
    [[nodiscard]] bool is_token(std::string_view given) const;
    [[nodiscard]] bool has_token() const { return !security_.token.empty(); }

    /// Counts a request; false if it exceeds the limit (RATE_LIMITED).
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

/// The key by which requests are counted: on loopback each socket, elsewhere each address.
[[nodiscard]] std::string peer_of(const End& end);

/// The key by which connections and wrong tokens are counted: each IPv4 address, or the first half of an IPv6 address.
[[nodiscard]] std::string address_of(const End& end);

/// The error for a peer that has not shown the token.
[[nodiscard]] Error token_needed(std::string message);

/// The error for a peer that sends too many requests.
[[nodiscard]] Error too_many_requests();

/// The error for a peer when all connections are taken.
[[nodiscard]] Error too_many_connections();

/// Whether it is the token. The time taken does not reveal how much of it is right.
[[nodiscard]] bool is_token(const Secret& token, std::string_view given);

}  // namespace doze::server
