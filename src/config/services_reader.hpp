#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>
#include <yaml-cpp/node/node.h>

#include "base/result.hpp"
#include "config/loaded.hpp"
#include "core/model/kinds.hpp"
#include "core/model/registration.hpp"

namespace doze::config {

/// A registration, and where in its list it stands.
struct LocatedRegistration {
    core::Registration registration;
    std::size_t position = 0;
    bool duplicate = false;  ///< The same resource stands further up.
};

using LocatedRegistrations = std::vector<LocatedRegistration>;

/// What parse_services() does after the text is YAML. What is wrong is also among the findings.
[[nodiscard]] Result<Loaded<LocatedRegistrations>> read_services(const YAML::Node& root, Findings& findings,
                                                                 std::span<const core::KindInfo> kinds = core::kinds());

}  // namespace doze::config
