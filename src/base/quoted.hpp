#pragma once

#include <string>
#include <string_view>

namespace doze {

/// Foreign text as it may be shown in a message: in quotes, at most 64 bytes of it, printable ASCII only.
[[nodiscard]] std::string quoted(std::string_view text);

}  // namespace doze
