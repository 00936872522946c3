#pragma once

#include <boost/json/object.hpp>
#include <string>

#include "app/offline/doctor/finding.hpp"

/// The findings as people and as programs read them.
namespace doze::doctor {

[[nodiscard]] bool is_healthy(const Findings& findings);

/// A table with a fix below each line that is not ok, and a sentence that sums it up.
[[nodiscard]] std::string report_text(const Findings& findings, bool color);

[[nodiscard]] boost::json::object report_json(const Findings& findings);

}  // namespace doze::doctor
