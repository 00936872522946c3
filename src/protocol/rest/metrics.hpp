#pragma once

#include <string>
#include <string_view>

#include "commands/host.hpp"

namespace doze::rest {

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// State and counters in Prometheus' text format.
[[nodiscard]] std::string metrics(const commands::Host& host, const commands::ProgramInfo& about);

}  // namespace doze::rest
