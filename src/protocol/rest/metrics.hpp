#pragma once

#include <string>
#include <string_view>

#include "commands/host.hpp"

namespace doze::rest {

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// The state and the counts in the text format of Prometheus.
[[nodiscard]] std::string metrics(const commands::Host& host, const commands::ProgramInfo& about);

}  // namespace doze::rest
