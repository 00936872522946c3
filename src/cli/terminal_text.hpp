#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "core/model/time.hpp"

namespace doze::cli {

/// Text from elsewhere (names, tags, descriptions) made safe for a terminal: printable() of base/text.hpp.
[[nodiscard]] std::string clean(std::string_view text);

/// How many columns a terminal takes for clean UTF-8: 2 for Korean letters, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// As much of one line as `columns` hold, with "…" at its end if something is missing. Colours take no room.
[[nodiscard]] std::string fit(std::string_view line, std::size_t columns);

enum class Color { none, good, busy, asleep, bad, faint };

/// The text in that colour, or as it is where `enabled` is false.
[[nodiscard]] std::string colored(std::string_view text, Color color, bool enabled);

/// The colour of a state in AWS's or doze's words: running is good, stopping busy, stopped asleep.
[[nodiscard]] Color color_of_state(std::string_view state);

/// "2 h 5 min ago", "just now".
[[nodiscard]] std::string ago(std::chrono::seconds age);

/// A moment in the person's time zone: "14:02" if it is today, else "2026-11-23 14:02".
[[nodiscard]] std::string local_time(core::WallTime at, core::WallTime now);

/// Its day in the person's time zone: "today", "yesterday", else "Mon 2026-11-23".
[[nodiscard]] std::string local_day(core::WallTime at, core::WallTime now);

/// A moment of the day in the person's time zone: "14:02:03".
[[nodiscard]] std::string local_clock(core::WallTime at);

}  // namespace doze::cli
