#pragma once

#include <boost/json/fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "protocol/rest/routes.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// What the rows of the API add to `paths` of the document: a command at a path of its own, the commands at
/// /commands/TYPE, and what is no command.
void document_route(boost::json::object& paths, const CommandRoute& route, const commands::Command& command);
void document_commands(boost::json::object& paths);
void document_events(boost::json::object& paths);

/// The OpenAPI 3.1 document of the rows below /api/v1. `server` is doze as the client calls it:
/// "http://127.0.0.1:20201".
[[nodiscard]] std::string openapi_document(std::span<const Route> routes, std::string_view server,
                                           std::string_view version);

}  // namespace doze::rest
