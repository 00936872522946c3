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

/// What the server knows of each of its connections.
class WebConnection {
   public:
    virtual ~WebConnection() = default;

    /// At once, whatever is under way.
    virtual void close() = 0;

    /// Whether it may be closed to make room: no request is under way and nothing hangs on it.
    [[nodiscard]] virtual bool is_idle() const = 0;

    /// The address of one who has not shown the token that they must show; empty for all others.
    [[nodiscard]] virtual std::string_view unauthenticated_address() const { return {}; }
};

/// How long a client may take.
struct WebTimeouts {
    std::chrono::milliseconds for_request = std::chrono::seconds(10);  ///< From its first byte to its last.
    std::chrono::milliseconds between_requests = std::chrono::seconds(60);
    std::chrono::milliseconds for_reply = std::chrono::seconds(60);  ///< To take it.
    std::chrono::milliseconds to_linger = std::chrono::seconds(2);   ///< To hang up after the last reply.
    /// A WebSocket from which nothing came for that long, not even answers to pings, is gone.
    std::chrono::milliseconds silence = std::chrono::seconds(120);

    bool operator==(const WebTimeouts&) const = default;
};

/// What answers.
struct WebHandlers {
    ConnectionHandler commands;
    Greeter greeter;
    std::vector<rest::Route> routes = {};  ///< Besides the server's own (see own_routes()).
};

/// What all connections of a server share.
struct WebParts {
    WebGate gate;
    Router router;
    ConnectionHandler commands;  ///< Of WebSockets, as `greeter`.
    Greeter greeter;
    WebTimeouts timeouts;
    std::shared_ptr<Admission> admission;
    std::shared_ptr<Complaints> complaints;
    std::shared_ptr<PagePassword> password = {};  ///< None where settings.json wants none.

    /// A connection that begins, or takes the place of another one.
    std::function<void(const std::shared_ptr<WebConnection>&)> adopt;

    /// Called once for each, when it is over; it may come with its destructor.
    std::function<void(const WebConnection&)> gone;
};

}  // namespace doze::server
