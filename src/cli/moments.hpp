#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::cli {

/// Parses "90m", "2h", "1h30m", "3d", or a number of minutes. `bad_request` for anything else, and for less than a
/// minute.
[[nodiscard]] Result<core::Duration> parse_span(std::string_view text);

/// Parses a time in the person's time zone: a span from now; "until 18:00", the next such time; "until tomorrow 9:00".
/// `bad_request` for anything else.
[[nodiscard]] Result<core::WallTime> parse_until(std::span<const std::string> words, core::WallTime now);

}  // namespace doze::cli
