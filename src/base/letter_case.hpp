#pragma once

#include <string>
#include <string_view>

namespace doze {

/// ASCII letters only, whatever the locale: names of headers, settings and variables know no others.
[[nodiscard]] std::string lower_case(std::string_view text);
[[nodiscard]] std::string upper_case(std::string_view text);

}  // namespace doze
