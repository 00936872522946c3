#pragma once

#include <string_view>

#include "base/secret.hpp"

namespace doze::server {

/// Whether it is the token. How long that takes does not tell how much of it was right.
[[nodiscard]] bool is_token(const Secret& token, std::string_view given);

}  // namespace doze::server
