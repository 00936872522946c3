#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"

namespace doze::server {

/// What a client from elsewhere sends first over a connection: `AUTH:token`, or a message of type AUTH with
/// `content.token`.
struct Authentication {
    Secret token;
    std::string id;  ///< Of the message, as JSON; empty in the text form.

    /// None for any other command.
    [[nodiscard]] static std::optional<Authentication> parse(std::string_view command);

    /// The reply where the token was right.
    [[nodiscard]] std::string welcome() const;
};

}  // namespace doze::server
