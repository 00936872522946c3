#pragma once

#include <string>
#include <string_view>

#include "cli/command_line.hpp"

namespace doze::cli {

/// doze(1) in man(7) macros, for `man -l -`.
[[nodiscard]] std::string manual_page(const Grammar& grammar, std::string_view version);

}  // namespace doze::cli
