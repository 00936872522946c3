#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "server/admission/tls.hpp"
#include "server/complaints.hpp"
#include "server/handler.hpp"
#include "server/stream/session.hpp"
#include "server/stream/stream.hpp"

namespace doze::server {

/// Accepts connections until close(). If the process is out of resources, it waits a moment. Loop's thread
/// only.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
   public:
    using Welcome = std::function<void(Stream::Socket)>;

    /// Takes a listening socket. `name` begins warnings: "The TCP server".
    Acceptor(boost::asio::io_context& loop, UniqueFd listening, std::string name,
             std::shared_ptr<Complaints> complaints);

    /// `welcome` receives each connection.
    void start(Welcome welcome);
    void close();

   private:
    void accept();
    void accept_later(boost::system::error_code error);

    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    const std::string name_;
    const std::shared_ptr<Complaints> complaints_;
    Welcome welcome_;
};

/// Accepts connections and owns their sessions. Loop's thread only.
class StreamServer {
   public:
    /// Decides about a connection: its setup, or the error to send before it is closed.
    using Authorize = std::function<Result<SessionSetup>(Stream::Socket&)>;

    struct Options {
        std::string name;  ///< Begins warnings: "The TCP server".
        std::size_t most_connections;
        Session::Timeouts timeouts = {};
        std::shared_ptr<TlsFiles> tls = {};  ///< Null: no TLS.
    };

    /// Limit per address of connections that must show the token and have not.
    static constexpr std::size_t most_unauthenticated = 64;

    /// Takes a listening socket. Refused clients use no connection slot. Beyond `most_unauthenticated` connections of
    /// one address, its oldest one is closed; at `most_connections`, the oldest unauthenticated one of all; if there is
    /// none, further connections are answered by RATE_LIMITED.
    StreamServer(boost::asio::io_context& loop, UniqueFd listening, Options options, Authorize authorize,
                 std::shared_ptr<Complaints> complaints);

    /// Closes all connections.
    ~StreamServer();
    StreamServer(const StreamServer&) = delete;
    StreamServer& operator=(const StreamServer&) = delete;

    [[nodiscard]] std::size_t connections() const;

   private:
    class Core;
    std::shared_ptr<Core> core_;
};

}  // namespace doze::server
