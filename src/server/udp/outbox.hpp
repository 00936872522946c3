#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

#include "server/udp/peer.hpp"

namespace doze::server {

/// Sends datagrams at once where the kernel takes them, keeps some in order where it has no room, and
/// gives up on any other error: a reply that can't be sent never harms the next one.
class Outbox {
   public:
    /// Sends one datagram now; 0, or the errno of sendto(2).
    using Send = std::function<int(const Peer&, std::string_view)>;

    /// Told of each datagram that is lost, with the errno.
    using Lost = std::function<void(const Peer&, int error)>;

    /// Bounds what clients that never read can make doze keep, together with the reply size of at most
    /// 65,507 bytes: 16 MiB.
    static constexpr std::size_t most_kept = 256;

    Outbox(Send send, Lost lost);

    /// True if it was sent or lost; false if flush() has to be called once the socket is writable.
    bool put(const Peer& peer, std::string_view text);

    /// Sends what was kept. True if nothing is left.
    bool flush();

   private:
    struct Kept {
        Peer peer;
        std::string text;
    };

    Send send_;
    Lost lost_;
    std::deque<Kept> kept_;
};

}  // namespace doze::server
