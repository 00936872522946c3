#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/listening_socket.hpp"
#include "server/handler.hpp"

namespace doze::server {

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
