#pragma once

#include <chrono>
#include <string>

namespace doze::core {

using Duration = std::chrono::milliseconds;

/// Names the time that runs on through a suspend and never jumps (CLOCK_BOOTTIME). The core never asks
/// for it; it is handed in.
struct BootClock {
    using duration = Duration;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<BootClock>;
    static constexpr bool is_steady = true;
};
using TimePoint = BootClock::time_point;

/// Time as people and AWS write it. Only compared with other wall times, and only with tolerance.
using WallTime = std::chrono::sys_time<Duration>;

/// One moment on all clocks.
struct Now {
    TimePoint boot;
    WallTime wall;

    /// How far AWS's clock is ahead of this machine's wall clock, as far as it is known.
    Duration aws_ahead{};

    /// The same on AWS's clock: what times that AWS tells are compared with.
    [[nodiscard]] WallTime aws() const { return wall + aws_ahead; }

    /// Converts a time of AWS's clock to this machine's, to be shown to people.
    [[nodiscard]] WallTime here(WallTime aws_time) const { return aws_time - aws_ahead; }
};

/// A span as people read it: "4 s", "12 min", "3 h 5 min".
[[nodiscard]] std::string to_string(Duration span);

/// "2026-03-01T12:00:00Z": ISO 8601 in UTC, to the second.
[[nodiscard]] std::string to_iso(WallTime time);

}  // namespace doze::core
