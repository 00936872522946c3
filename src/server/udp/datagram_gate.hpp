#pragma once

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/listening_socket.hpp"
#include "server/admission/peer_limits.hpp"
#include "server/admission/same_user.hpp"
#include "server/admission/signed_datagram.hpp"
#include "server/udp/udp_server.hpp"

namespace doze::server {

/// Who may talk by datagram. Lives on the loop's thread.
class DatagramGate {
   public:
    /// `here`: where doze listens, with its port. Fails where only the same user may talk, and the kernel does not tell
    /// who that is.
    static Result<std::unique_ptr<DatagramGate>> open(const Security& security, const ListenAddress& here);

    /// The command in a datagram; none where its sender may not talk. `to`: which of doze's addresses it came to; none
    /// where the kernel did not say.
    [[nodiscard]] Passage let_in(const Peer& peer, const std::optional<boost::asio::ip::address>& to,
                                 std::string_view datagram);

    /// Takes one request into account; false if it is one too many (RATE_LIMITED).
    [[nodiscard]] bool may_ask();

    /// What was found out of a peer holds for the datagrams that are read in one go, and no longer: by the next, its
    /// port may be somebody else's.
    void begin_turn() { peer_.reset(); }

   private:
    /// Whose datagrams are being read.
    struct Known {
        Peer address;
        End here;                          ///< Where it wrote to.
        std::optional<bool> is_same_user;  ///< None as long as it was not asked for.
        std::string name;                  ///< See peer_of().
    };

    DatagramGate(const Security& security, const ListenAddress& here);
    [[nodiscard]] bool is_same_user();

    const End here_;
    const bool on_loopback_;
    std::optional<SameUser> same_user_;
    std::optional<SignedDatagrams> signed_;  ///< Where there is a token.
    RateLimit limit_;
    std::optional<Known> peer_;
};

}  // namespace doze::server
