#pragma once

#include <boost/json/object.hpp>
#include <span>

#include "core/model/kinds.hpp"

namespace doze::rest {

/// What the answers are made of: `components/schemas` of the document.
[[nodiscard]] boost::json::object schemas(std::span<const core::KindInfo> kinds);

}  // namespace doze::rest
