#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/listening_socket.hpp"
#include "server/handler.hpp"

namespace doze::server {

/// A datagram's address, in the kernel's format. Small enough to copy.
struct Peer {
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    };
    socklen_t length = sizeof(sockaddr_in6);

    Peer() : v6{} {}

    /// In host byte order.
    [[nodiscard]] std::uint16_t port() const { return ntohs(any.sa_family == AF_INET6 ? v6.sin6_port : v4.sin_port); }
};

/// "127.0.0.1:20200", "[::1]:20200".
[[nodiscard]] std::string to_string(const Peer& peer);

/// Sends datagrams at once if the kernel accepts them, queues some if it has no room, and drops one on any other error:
/// a reply that can't be sent never affects the next.
class Outbox {
   public:
    /// Sends one datagram now; returns 0, or the errno of sendto(2).
    using Send = std::function<int(const Peer&, std::string_view)>;

    /// Called for each lost datagram, with its errno.
    using Lost = std::function<void(const Peer&, int error)>;

    /// Limits the memory that non-reading clients can make doze use, together with the reply size of at most 65,507
    /// bytes: 16 MiB.
    static constexpr std::size_t most_kept = 256;

    Outbox(Send send, Lost lost);

    /// True if it was sent or lost; false if flush() must be called once the socket is writable.
    bool put(const Peer& peer, std::string_view text);

    /// Sends queued datagrams. True if none is left.
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

struct UdpOptions {
    /// On a loopback address only the same user may talk. Any other address requires a token, which signs datagrams
    /// from elsewhere (see SignedDatagram).
    ListenAddress address{.port = command_port};

    /// Largest reply in bytes; limited to what a datagram can carry (65,507).
    std::size_t buffer_size = datagram_size;

    Security security = {};

    bool operator==(const UdpOptions&) const = default;
};

/// Commands by datagram: one datagram, one command, one reply. Loop's thread only.
///
/// Peers that may not talk get no answer: it could go to a forged address. Nothing that a peer sends, and no socket
/// error, ends the server: replies that can't be sent are counted, and reported to `warn` at most once a minute.
/// Replies that arrive after its destruction are ignored.
class UdpServer {
   public:
    /// Fails if the address is taken; the error names the setting to change.
    static Result<std::unique_ptr<UdpServer>> open(boost::asio::io_context& loop, const UdpOptions& options,
                                                   Handler handler, Warn warn = {});

    static Result<std::unique_ptr<UdpServer>> open(boost::asio::io_context& loop, const UdpOptions& options,
                                                   protocol::Dispatcher& dispatcher, Warn warn = {}) {
        return open(loop, options, to_handler(dispatcher), std::move(warn));
    }

    ~UdpServer();
    UdpServer(const UdpServer&) = delete;
    UdpServer& operator=(const UdpServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;

    struct Counts {
        std::uint64_t received = 0;
        std::uint64_t unanswerable = 0;  ///< From source port 0: dropped, as no reply can reach it.
        std::uint64_t refused = 0;       ///< From senders that may not talk: dropped.
        std::uint64_t lost_replies = 0;  ///< Those that sendto(2) refused.
        std::uint64_t socket_errors = 0;
    };
    [[nodiscard]] Counts counts() const;

   private:
    class Core;
    explicit UdpServer(std::shared_ptr<Core> core);

    std::shared_ptr<Core> core_;
};

}  // namespace doze::server
