#pragma once

#include <string>
#include <string_view>

#include "commands/dispatcher.hpp"
#include "commands/host.hpp"

namespace doze::api {

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// The state and the counts in the text format of Prometheus.
[[nodiscard]] std::string metrics(const commands::Host& host, const commands::About& about);

}  // namespace doze::api
