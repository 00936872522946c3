#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doze::commands {

/// The reply to a message that is not even looked at: in its form, with its `id` where that is easily found.
[[nodiscard]] std::string refusal(std::string_view message, const Error& error);

}  // namespace doze::commands
