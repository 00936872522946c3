#pragma once

#include "app/offline/doctor/finding.hpp"
#include "base/paths.hpp"

namespace doze::doctor {

/// What the environment changes about the way to AWS: endpoints of its own, proxies, certificates. Shows no password
/// that stands in a URL.
[[nodiscard]] Findings judge_surroundings(const Environment& environment);

}  // namespace doze::doctor
