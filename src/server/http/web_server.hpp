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
    std::vector<std::string> allowed_origins = {};  ///< "https://host:port", as browsers write them.
    std::filesystem::path password_file = {};       ///< Of the page's password (see PagePassword); none without a path.
    Security security = {};
    WebTimeouts timeouts = {};

    bool operator==(const WebOptions&) const = default;
};

/// HTTP/1.1 and WebSockets (at / and /ws) on one port, behind the WebGate. On a loopback address only the same user may
/// talk; elsewhere whoever shows the token (Authorization: Bearer), under TLS. Every WebSocket is greeted and hears
/// events from its start. Lives on the loop's thread.
class WebServer {
   public:
    /// Where there are so many connections (fewer where the process may not have so many descriptors), the oldest that
    /// is idle makes room for the next; where none is, the next is answered by 503.
    static constexpr std::size_t most_connections = 2048;

    /// Fails where the address can't be had, or may not be used so; the error says which setting to change.
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
