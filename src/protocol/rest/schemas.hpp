#pragma once

#include <boost/json/object.hpp>

namespace doze::rest {

/// What the answers are made of: `components/schemas` of the document.
[[nodiscard]] boost::json::object schemas();

}  // namespace doze::rest
