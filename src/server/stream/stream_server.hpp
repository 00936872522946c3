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

/// Accepts connections until close(). Where the process has no room for one, it waits a moment. Lives on the loop's
/// thread.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
   public:
    using Welcome = std::function<void(Stream::Socket)>;

    /// Takes over a socket that listens. `name` begins warnings: "The TCP server".
    Acceptor(boost::asio::io_context& loop, UniqueFd listening, std::string name,
             std::shared_ptr<Complaints> complaints);

    /// `welcome` gets each connection.
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

/// Accepts connections and keeps their sessions. Lives on the loop's thread.
class StreamServer {
   public:
    /// Who talks there, and with what setup; or the error that the connection is told before it is closed.
    using Authorize = std::function<Result<SessionSetup>(Stream::Socket&)>;

    struct Options {
        std::string name;  ///< Begins warnings: "The TCP server".
        std::size_t most_connections;
        Session::Timeouts timeouts = {};
        std::shared_ptr<TlsFiles> tls = {};  ///< None: the bytes go as they are.
    };

    /// Connections from one address that have not shown the token they must show.
    static constexpr std::size_t most_unauthenticated = 64;

    /// Takes over a socket that listens. Who may not talk takes no place. Of one address that has more than
    /// `most_unauthenticated` the oldest of them is closed, and the oldest of all where `most_connections` are open;
    /// where there is none, further connections are answered by RATE_LIMITED.
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
