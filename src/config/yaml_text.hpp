#pragma once

#include <string>
#include <string_view>

#include "core/model/registration.hpp"

namespace doze::config {

/// A text as a YAML scalar on one line that every YAML reader takes for that same text: plain where that is
/// beyond doubt, else quoted. Fits into block and flow collections alike.
[[nodiscard]] std::string yaml_scalar(std::string_view text);

/// A registration as an item of a flow list: "{instance_id: i-0abc, region: us-east-1, description: ''}".
[[nodiscard]] std::string yaml_flow_item(const core::Registration& registration);

/// The same as an item of a block list, its dash at column `indent`, each line ending in `newline`.
[[nodiscard]] std::string yaml_block_item(const core::Registration& registration, std::size_t indent,
                                          std::string_view newline);

}  // namespace doze::config
