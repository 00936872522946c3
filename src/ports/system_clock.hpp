#pragma once

#include <ctime>

#include "ports/clock.hpp"

namespace doze::ports {

/// The kernel's clocks: CLOCK_BOOTTIME, which goes on through a suspend, and CLOCK_REALTIME.
class SystemClock final : public Clock {
   public:
    [[nodiscard]] core::Now now() const override {
        return {.boot = core::TimePoint(read(CLOCK_BOOTTIME)), .wall = core::WallTime(read(CLOCK_REALTIME))};
    }

   private:
    static core::Duration read(clockid_t clock) {
        std::timespec time{};
        ::clock_gettime(clock, &time);
        return std::chrono::duration_cast<core::Duration>(std::chrono::seconds(time.tv_sec) +
                                                          std::chrono::nanoseconds(time.tv_nsec));
    }
};

}  // namespace doze::ports
