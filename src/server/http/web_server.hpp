#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/listening_socket.hpp"
#include "server/http/web_parts.hpp"

namespace doze::server {

struct WebOptions {
    ListenAddress address{.port = web_port};
    std::vector<std::string> allowed_origins = {};  ///< "https://host:port", in the form of browsers.
    std::filesystem::path password_file = {};       ///< Of the page's password (see PagePassword); empty: no password.
    Security security = {};
    WebTimeouts timeouts = {};

    bool operator==(const WebOptions&) const = default;
};

/// HTTP/1.1 and WebSockets (at / and /ws) on one port, behind the WebGate. On a loopback address only the same user may
/// talk; elsewhere clients need the token (Authorization: Bearer), over TLS. Every WebSocket is greeted and receives
/// events from its start. Loop's thread only.
class WebServer {
   public:
    /// At this number of connections (fewer if the process may not have so many descriptors), the oldest idle one is
    /// closed for the next; if none is idle, the next is answered by 503.
    static constexpr std::size_t most_connections = 2048;

    /// Fails if the address is taken or not allowed; the error names the setting to change.
    static Result<std::unique_ptr<WebServer>> open(boost::asio::io_context& loop, const WebOptions& options,
                                                   WebHandlers handlers, Warn warn = {});

    static Result<std::unique_ptr<WebServer>> open(boost::asio::io_context& loop, const WebOptions& options,
                                                   protocol::Dispatcher& dispatcher, Warn warn = {}) {
        return open(loop, options, {.commands = to_handler(dispatcher), .greeter = to_greeter(dispatcher)},
                    std::move(warn));
    }

    /// Closes all connections.
    ~WebServer();
    WebServer(const WebServer&) = delete;
    WebServer& operator=(const WebServer&) = delete;

    [[nodiscard]] std::uint16_t port() const;
    [[nodiscard]] std::size_t connections() const;

   private:
    class Core;
    explicit WebServer(std::shared_ptr<Core> core);

    std::shared_ptr<Core> core_;
};

}  // namespace doze::server
