#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "commands/table.hpp"

namespace doze::rest {

/// The JSON Schema of a command's content.
[[nodiscard]] boost::json::object content_schema(const commands::Command& command);

/// The same as OpenAPI query parameters.
[[nodiscard]] boost::json::array query_parameters(const commands::Command& command);

/// The schemas of the replies: `components/schemas` of the document.
[[nodiscard]] boost::json::object schemas();

}  // namespace doze::rest
