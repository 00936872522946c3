#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "commands/handshake.hpp"
#include "protocol/encoder.hpp"

/// Answers the requests that let a client in, for connections that pass on nothing before that.
namespace doze::protocol {

/// Checks the token in a message; a correct one is answered by a welcome. Empty if the message is no AUTH. A wrong
/// token is not answered here: the caller ends the connection with refusal().
[[nodiscard]] std::optional<Result<void>> authenticate(std::string_view message, const commands::CheckToken& check,
                                                       const Encoder::Send& send);

/// Answers a message about the page's password, perhaps later; false if it is about anything else.
[[nodiscard]] bool answer_password(std::string_view message, commands::PageGate& gate, const Encoder::Send& send);

}  // namespace doze::protocol
