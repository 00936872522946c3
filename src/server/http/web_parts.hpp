#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "protocol/rest/web_request.hpp"
#include "server/admission/admission.hpp"
#include "server/complaints.hpp"
#include "server/handler.hpp"
#include "server/http/gate.hpp"
#include "server/http/page_password.hpp"
#include "server/http/router.hpp"

namespace doze::server {

/// A connection, as the server sees it.
class WebConnection {
   public:
    virtual ~WebConnection() = default;

    /// Closes at once, whatever is in progress.
    virtual void close() = 0;

    /// Whether it may be closed to make room: no request is in progress, and closing loses nothing.
    [[nodiscard]] virtual bool is_idle() const = 0;

    /// The address of a client that must show the token and has not; empty for all others.
    [[nodiscard]] virtual std::string_view unauthenticated_address() const { return {}; }
};

/// Time limits for clients.
struct WebTimeouts {
    std::chrono::milliseconds for_request = std::chrono::seconds(10);  ///< From first byte to last.
    std::chrono::milliseconds between_requests = std::chrono::seconds(60);
    std::chrono::milliseconds for_reply = std::chrono::seconds(60);  ///< To receive it.
    std::chrono::milliseconds to_linger = std::chrono::seconds(2);   ///< To hang up after the last response.
    /// A WebSocket without any data for that long, not even answers to pings, is closed.
    std::chrono::milliseconds silence = std::chrono::seconds(120);

    bool operator==(const WebTimeouts&) const = default;
};

/// The handlers behind the server.
struct WebHandlers {
    ConnectionHandler commands;
    Greeter greeter;
    std::vector<rest::Route> routes = {};  ///< In addition to the server's own (see own_routes()).
};

/// Shared by all connections of a server.
struct WebParts {
    WebGate gate;
    Router router;
    ConnectionHandler commands;  ///< For WebSockets, like `greeter`.
    Greeter greeter;
    WebTimeouts timeouts;
    std::shared_ptr<Admission> admission;
    std::shared_ptr<Complaints> complaints;
    std::shared_ptr<PagePassword> password = {};  ///< Null if settings.json asks for none.

    /// Called when a connection starts, or replaces another one.
    std::function<void(const std::shared_ptr<WebConnection>&)> adopt;

    /// Called once for each connection when it ends, perhaps from its destructor.
    std::function<void(const WebConnection&)> gone;
};

}  // namespace doze::server
