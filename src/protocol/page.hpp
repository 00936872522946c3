#pragma once

#include <string>

#include "base/result.hpp"
#include "commands/reply.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {

/// Writes as many whole items of a list as fit into the limit, and how to get the rest. `too_large` only if not even
/// the name of the first one fits, which no limit from Dispatcher::smallest_reply on causes.
[[nodiscard]] Result<void> write_page(std::string& out, const Envelope& envelope, const commands::ListReply& list);

}  // namespace doze::protocol
