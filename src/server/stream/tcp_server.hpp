#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/admission.hpp"
#include "server/admission/listening_socket.hpp"
#include "server/handler.hpp"
#include "server/stream/stream_server.hpp"

namespace doze::server {

struct TcpOptions {
    ListenAddress address{.port = command_port};
    Security security = {};
    Session::Timeouts timeouts = {};

    bool operator==(const TcpOptions&) const = default;
};

/// Commands over TCP, as over the Unix socket (see Session): nothing is sent before the first reply, as clients that
/// ask once expect. On a loopback address only the same user may talk; elsewhere clients need the token, over TLS.
/// Loop's thread only.
class TcpServer {
   public:
    /// Further connections are answered by RATE_LIMITED and closed. Fewer if the process may not have so many
    /// descriptors: some are reserved for doze itself.
    static constexpr std::size_t most_connections = 16'384;

    /// The same if remote clients may connect.
    static constexpr std::size_t most_connections_from_elsewhere = 1'024;

    /// Fails if the address is taken or not allowed; the error names the setting to change.
    static Result<std::unique_ptr<TcpServer>> open(boost::asio::io_context& loop, const TcpOptions& options,
                                                   SessionSetup setup, Warn warn = {});

    static Result<std::unique_ptr<TcpServer>> open(boost::asio::io_context& loop, const TcpOptions& options,
                                                   protocol::Dispatcher& dispatcher, Warn warn = {}) {
        return open(loop, options, {.handler = to_handler(dispatcher)}, std::move(warn));
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] std::size_t connections() const { return server_.connections(); }

   private:
    TcpServer(boost::asio::io_context& loop, UniqueFd listening, StreamServer::Options options,
              StreamServer::Authorize authorize, std::shared_ptr<Complaints> complaints);

    std::uint16_t port_;
    StreamServer server_;
};

}  // namespace doze::server
