#pragma once

#include <string>

#include "base/result.hpp"
#include "commands/reply.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {

/// Writes as many whole items of a list as fit into the limit, and the token for the rest. `too_large` only if not even
/// the first item's name fits, which never happens from Dispatcher::smallest_reply on.
[[nodiscard]] Result<void> write_page(std::string& out, const Envelope& envelope, const commands::ListReply& list);

}  // namespace doze::protocol
