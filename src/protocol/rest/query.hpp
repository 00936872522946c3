#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "commands/request.hpp"
#include "commands/table.hpp"

namespace doze::rest {

/// The parameters of a query, decoded, in their order.
using Query = std::vector<std::pair<std::string, std::string>>;

/// Whether there are none; `bad_request` names the first.
[[nodiscard]] Result<void> check_is_empty(const Query& query);

/// The request for a command with a query's parameters. `bad_request` for one that the command does not have, that
/// comes twice, or that is no number where it should be one.
[[nodiscard]] Result<commands::Request> to_request(const Query& query, const commands::Command& command);

}  // namespace doze::rest
