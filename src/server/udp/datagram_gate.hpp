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

/// Decides who may talk by datagram. Loop's thread only.
class DatagramGate {
   public:
    /// `here`: the address and port that doze listens on. Fails if only the same user may talk and the kernel does not
    /// tell users apart.
    static Result<std::unique_ptr<DatagramGate>> open(const Security& security, const ListenAddress& here);

    /// The command in a datagram; empty if its sender may not talk. `to`: the address of doze that it was sent to;
    /// empty if the kernel did not say.
    [[nodiscard]] Passage let_in(const Peer& peer, const std::optional<boost::asio::ip::address>& to,
                                 std::string_view datagram);

    /// Counts a request; false if it exceeds the limit (RATE_LIMITED).
    [[nodiscard]] bool may_ask();

    /// Forgets what is known of the peer. It is valid only for datagrams read in one turn: later its port may belong to
    /// somebody else.
    void begin_turn() { peer_.reset(); }

   private:
    /// The sender of the datagrams being read.
    struct Known {
        Peer address;
        End here;                          ///< The address that it wrote to.
        std::optional<bool> is_same_user;  ///< Empty until it was determined.
        std::string name;                  ///< See peer_of().
    };

    DatagramGate(const Security& security, const ListenAddress& here);
    [[nodiscard]] bool is_same_user();

    const End here_;
    const bool on_loopback_;
    std::optional<SameUser> same_user_;
    std::optional<SignedDatagrams> signed_;  ///< Set if a token is set.
    RateLimit limit_;
    std::optional<Known> peer_;
};

}  // namespace doze::server
