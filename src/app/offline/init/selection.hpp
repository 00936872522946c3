#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace doze::init {

/// Which of the numbered things a person means: numbers from 1 on, ranges such as 2-5 and names, with blanks or commas
/// between, or "all" or "none". The result is their indices, in order, each once. `bad_request` says which part is
/// wrong. Pure.
[[nodiscard]] Result<std::vector<std::size_t>> parse_selection(std::string_view text,
                                                               const std::vector<std::string>& names);

}  // namespace doze::init
