#include "core/model/time.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <time.h>

namespace doze::core::time_test {
namespace {

TEST(Iso, IsInUtcWhateverTheTimeZoneIs) {
    const WallTime noon = std::chrono::sys_days(std::chrono::year(2026) / 3 / 1) + std::chrono::hours(12);
    ::setenv("TZ", "Asia/Seoul", 1);
    ::tzset();
    EXPECT_EQ(to_iso(noon + std::chrono::milliseconds(999)), "2026-03-01T12:00:00Z");
    ::unsetenv("TZ");
    ::tzset();
    EXPECT_EQ(to_iso(noon), "2026-03-01T12:00:00Z");
}

}  // namespace
}  // namespace doze::core::time_test
