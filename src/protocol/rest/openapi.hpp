#pragma once

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "protocol/rest/command_routes.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// Add to the document's `paths`: a command with a path of its own, and the commands at
/// /commands/TYPE.
void document_route(boost::json::object& paths, const CommandRoute& route, const commands::Command& command);
void document_commands(boost::json::object& paths);
void document_events(boost::json::object& paths);

/// The OpenAPI 3.1 document of the routes below /api/v1. `server` is the address that the client used:
/// "http://127.0.0.1:20201".
[[nodiscard]] std::string openapi_document(std::span<const Route> routes, std::string_view server,
                                           std::string_view version);

}  // namespace doze::rest
