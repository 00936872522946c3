#include "daemon/system_clock.hpp"

#include <ctime>

namespace doze::daemon {
namespace {

core::Duration read(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::chrono::duration_cast<core::Duration>(std::chrono::seconds(time.tv_sec) +
                                                      std::chrono::nanoseconds(time.tv_nsec));
}

}  // namespace

core::Now SystemClock::now() const {
    return {.boot = core::TimePoint(read(CLOCK_BOOTTIME)), .wall = core::WallTime(read(CLOCK_REALTIME))};
}

}  // namespace doze::daemon
