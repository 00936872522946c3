#pragma once

#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "commands/handshake.hpp"
#include "protocol/encoder.hpp"

/// Answers what lets a client in, for connections that hand on nothing else before.
namespace doze::protocol {

/// Whether the token that the message shows is the right one, which is then answered with a welcome; none if the
/// message is no AUTH. A wrong one is not answered here: it ends the connection, with refusal().
[[nodiscard]] std::optional<Result<void>> authenticate(std::string_view message, const commands::CheckToken& check,
                                                       const Encoder::Send& send);

/// Answers a message about the page's password, perhaps later; false if it is about anything else.
[[nodiscard]] bool answer_password(std::string_view message, commands::PageGate& gate, const Encoder::Send& send);

}  // namespace doze::protocol
