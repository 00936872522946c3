#pragma once

#include <boost/json/object.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "commands/params.hpp"

namespace doze::rest {

/// The content that a query's parameters are. `bad_request` for one that the command does not have, that comes twice,
/// or that is no number where it should be one.
[[nodiscard]] Result<boost::json::object> parse_query(const std::vector<std::pair<std::string, std::string>>& query,
                                                      const commands::Content& content);

}  // namespace doze::rest
