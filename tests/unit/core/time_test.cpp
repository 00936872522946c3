#include "core/model/time.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <time.h>
#include <utility>
#include <vector>

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

TEST(Spans, AreToldInTheTwoUnitsThatMatter) {
    using std::chrono::hours, std::chrono::milliseconds, std::chrono::minutes, std::chrono::seconds;
    const std::vector<std::pair<Duration, std::string>> rows{
        {milliseconds(500), "0.5 s"},
        {seconds(2), "2 s"},
        {milliseconds(9900), "9.9 s"},
        {milliseconds(10'900), "10 s"},
        {seconds(119), "119 s"},
        {seconds(120), "2 min"},
        {minutes(119) + seconds(59), "119 min"},
        {minutes(120), "2 h"},
        {minutes(121), "2 h 1 min"},
        {hours(47) + minutes(59), "47 h 59 min"},
        {hours(48), "2 d"},
        {hours(49) + minutes(5), "2 d 1 h"},
    };
    for (const auto& [span, text] : rows) EXPECT_EQ(to_string(span), text);
}

}  // namespace
}  // namespace doze::core::time_test
