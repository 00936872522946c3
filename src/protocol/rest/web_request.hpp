#pragma once

#include <boost/json/fwd.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "commands/host.hpp"
#include "commands/request.hpp"
#include "commands/table.hpp"

namespace doze::rest {

/// An HTTP request whose Host, Origin and key the web server has checked. The client's texts are decoded (%2F, +) and
/// may contain any bytes.
struct WebRequest {
    std::string method;             ///< "GET"; HEAD and OPTIONS are handled before.
    std::string server;             ///< "http://127.0.0.1:20201", the address that the client used.
    std::vector<std::string> path;  ///< "/api/v1/a%2Fb" is {"api", "v1", "a/b"}.
    std::vector<std::pair<std::string, std::string>> query = {};  ///< In the order of the request.
    std::string content_type = {};                                ///< Unchanged, like the next two; empty if missing.
    std::string accept_language = {};
    std::string if_none_match = {};
    std::string body = {};
};

/// A response. The web server adds length, date, CORS and security headers.
struct WebReply {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< For example Allow, Location.
    /// The response stays open as server-sent events: the body (events, or empty), then everything that the listener
    /// hears until the client disconnects. `content_type` is "text/event-stream" then.
    bool stays_open = false;
};

/// Handles requests. `reply` must be called once: before the handler returns or later, even after the client has
/// disconnected. `listener` is the connection, for a `stays_open` response; events that it hears earlier are kept.
/// Loop's thread only.
using WebHandler =
    std::function<void(const WebRequest&, std::function<void(WebReply)> reply, std::weak_ptr<commands::EventSink>)>;

/// A route of the HTTP server.
struct Route {
    std::string_view method;  ///< "GET", which serves HEAD as well.
    std::string path;  ///< "/healthz"; "/api/v1/commands/*" matches everything below it that has no route of its own.
    WebHandler handler;
    /// Adds the route to `paths` of the OpenAPI document; empty if the document leaves it out.
    std::function<void(boost::json::object& paths)> document = {};
    bool is_public = false;  ///< Served even before the page's password was given.
};

/// The parameters of a query, decoded, in their order.
using Query = std::vector<std::pair<std::string, std::string>>;

/// Fails if there are any; `bad_request` names the first.
[[nodiscard]] Result<void> check_is_empty(const Query& query);

/// Builds the request for a command from a query. `bad_request` for a parameter that the command does not have, that is
/// repeated, or that should be a number and is none.
[[nodiscard]] Result<commands::Request> to_request(const Query& query, const commands::Command& command);

}  // namespace doze::rest
