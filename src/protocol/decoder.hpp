#pragma once

#include <string_view>

#include "base/result.hpp"
#include "commands/request.hpp"
#include "protocol/envelope.hpp"

namespace doze::protocol {

/// The request in a message of any bytes, in the text form or in JSON. Fills in the form, id and type of the envelope
/// for the reply, as far as they are known, also where it fails.
[[nodiscard]] Result<commands::Request> decode(std::string_view message, Envelope& envelope);

}  // namespace doze::protocol
