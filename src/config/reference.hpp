#pragma once

#include <string>

namespace doze::config {

/// docs/configuration.md, rendered from the field table. A unit test holds the page to it.
[[nodiscard]] std::string reference_page();

}  // namespace doze::config
