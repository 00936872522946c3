#pragma once

#include <string>
#include <string_view>

namespace doze::rest {

/// The OpenAPI 3.1 document of everything below /api/v1, from the routes and the table of commands. `server` is doze as
/// the client calls it: "http://127.0.0.1:20201".
[[nodiscard]] std::string openapi_document(std::string_view server, std::string_view version);

}  // namespace doze::rest
