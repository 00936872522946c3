#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace doze::cli {

/// JSON over several lines, two spaces a level, with a line end.
[[nodiscard]] std::string pretty(const boost::json::value& value);

}  // namespace doze::cli
