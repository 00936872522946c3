#pragma once

#include <string_view>

namespace doze {

/// The version of this build, as scripts/version says it: "0.1.0", "0.1.0~git20261128.0640.aaec3a1b".
[[nodiscard]] std::string_view version();

}  // namespace doze
