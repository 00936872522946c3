#pragma once

#include <ctime>

#include "core/model/time.hpp"

namespace doze::ports {

/// The time as seen by everything outside the core. The core is given the time as an argument.
class Clock {
   public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual core::Now now() const = 0;
};

namespace detail {

inline core::Duration read(clockid_t clock) {
    std::timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::duration_cast<core::Duration>(std::chrono::seconds(time.tv_sec) +
                                                      std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace detail

/// The kernel's clocks: CLOCK_BOOTTIME, which keeps counting during a suspend, and CLOCK_REALTIME.
class SystemClock final : public Clock {
   public:
    [[nodiscard]] core::Now now() const override {
        return {.boot = core::TimePoint(detail::read(CLOCK_BOOTTIME)),
                .wall = core::WallTime(detail::read(CLOCK_REALTIME))};
    }
};

/// How long the machine has been suspended since boot: CLOCK_BOOTTIME minus CLOCK_MONOTONIC.
[[nodiscard]] inline core::Duration suspended() {
    return detail::read(CLOCK_BOOTTIME) - detail::read(CLOCK_MONOTONIC);
}

}  // namespace doze::ports
