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

/// The address of a datagram, as the kernel gives and takes it. Small enough to be copied freely.
struct Peer {
    union {
        sockaddr any;
        sockaddr_in v4;
        sockaddr_in6 v6;
    };
    socklen_t length = sizeof(sockaddr_in6);

    Peer() : v6{} {}

    /// In the order of this machine.
    [[nodiscard]] std::uint16_t port() const { return ntohs(any.sa_family == AF_INET6 ? v6.sin6_port : v4.sin_port); }
};

/// "127.0.0.1:20200", "[::1]:20200".
[[nodiscard]] std::string to_string(const Peer& peer);

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

struct UdpOptions {
    /// On a loopback address only the same user may talk. Any other needs a token, which signs the datagrams that come
    /// from elsewhere (see SignedDatagram).
    ListenAddress address{.port = command_port};

    /// The most bytes that a reply may have; cut to what a datagram carries (65,507).
    std::size_t buffer_size = datagram_size;

    Security security = {};

    bool operator==(const UdpOptions&) const = default;
};

/// Commands by datagram: one datagram, one command, one reply. Lives on the loop's thread.
///
/// Who may not talk gets no answer: none could be smaller than what they sent for nothing. Nothing that a peer sends,
/// and no error of the socket, ends it: replies that can't be sent are counted and told to `warn` at most once a
/// minute. Replies that come after the server is gone do nothing.
class UdpServer {
   public:
    /// Fails where the address can't be had; the error says which setting to change.
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
        std::uint64_t refused = 0;       ///< From senders who may not talk: dropped.
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
