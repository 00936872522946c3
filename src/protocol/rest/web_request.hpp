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

/// A request over HTTP, after the web server has found its Host, Origin and key in order. What a client wrote is
/// decoded (%2F, +), and is any bytes.
struct WebRequest {
    std::string method;                                           ///< "GET"; no HEAD and no OPTIONS come this far.
    std::string server;                                           ///< "http://127.0.0.1:20201", as the client calls it.
    std::vector<std::string> path;                                ///< "/api/v1/a%2Fb" is {"api", "v1", "a/b"}.
    std::vector<std::pair<std::string, std::string>> query = {};  ///< In the order of the request.
    std::string content_type = {};                                ///< As it was sent, as the next two; empty if not.
    std::string accept_language = {};
    std::string if_none_match = {};
    std::string body = {};
};

/// What is answered. The web server adds length, date, CORS and the headers of security.
struct WebReply {
    unsigned status = 200;
    std::string content_type = "application/json";
    std::string body = {};
    std::vector<std::pair<std::string, std::string>> headers = {};  ///< Such as Allow, Location.
    /// The reply stays open, as server-sent events: the body (events, or empty), then whatever the listener hears,
    /// until the client goes. `content_type` is "text/event-stream" then.
    bool stays_open = false;
};

/// What answers requests. `reply` is to be called once: before the handler returns, or later, also after the client has
/// gone. `listener` is the connection, for one that answers with `stays_open`; what it hears earlier is kept. Lives on
/// the loop's thread.
using WebHandler =
    std::function<void(const WebRequest&, std::function<void(WebReply)> reply, std::weak_ptr<commands::EventSink>)>;

/// One row of what is answered over HTTP.
struct Route {
    std::string_view method;  ///< "GET", which answers HEAD as well.
    std::string path;         ///< "/healthz"; "/api/v1/commands/*" is everything below that no other row names.
    WebHandler handler;
    /// Adds the row to `paths` of the OpenAPI document; none where the document does not name it.
    std::function<void(boost::json::object& paths)> document = {};
    bool is_public = false;  ///< Answered also before the page's password was given.
};

/// The parameters of a query, decoded, in their order.
using Query = std::vector<std::pair<std::string, std::string>>;

/// Whether there are none; `bad_request` names the first.
[[nodiscard]] Result<void> check_is_empty(const Query& query);

/// The request for a command with a query's parameters. `bad_request` for one that the command does not have, that
/// comes twice, or that is no number where it should be one.
[[nodiscard]] Result<commands::Request> to_request(const Query& query, const commands::Command& command);

}  // namespace doze::rest
