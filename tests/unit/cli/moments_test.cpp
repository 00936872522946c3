#include "cli/moments.hpp"

#include <cstdlib>
#include <gtest/gtest.h>
#include <time.h>
#include <vector>

namespace doze::cli::moments_test {
namespace {

using namespace std::chrono_literals;

TEST(Span, IsReadInTheUnitsThatPeopleUse) {
    EXPECT_EQ(parse_span("90m").value(), 90min);
    EXPECT_EQ(parse_span("2h").value(), 2h);
    EXPECT_EQ(parse_span("1h30m").value(), 90min);
    EXPECT_EQ(parse_span("3d").value(), 72h);
    EXPECT_EQ(parse_span("45").value(), 45min);
    for (const auto* text : {"", "h", "0", "0m", "-5m", "2w", "1.5h", "2h ", "m30", "99999999999m", "2hh"})
        EXPECT_EQ(parse_span(text).error().code, ErrorCode::bad_request) << text;
}

class Until : public testing::Test {
   protected:
    Until() { set_zone("Asia/Seoul"); }
    ~Until() override {
        ::unsetenv("TZ");
        ::tzset();
    }

    static void set_zone(const char* zone) {
        ::setenv("TZ", zone, 1);
        ::tzset();
    }

    /// In UTC: "2026-01-05 06:00".
    [[nodiscard]] std::string until(const std::vector<std::string>& words) const {
        const auto at = parse_until(words, now);
        return at ? core::to_iso(*at) : at.error().message;
    }

    core::WallTime now = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + 6h;  // 15:00 in Seoul.
};

TEST_F(Until, ASpanFromNowOn) {
    EXPECT_EQ(until({"2h"}), "2026-01-05T08:00:00Z");
}

TEST_F(Until, TheNextTimeThatTheClockSaysSo) {
    EXPECT_EQ(until({"until", "18:00"}), "2026-01-05T09:00:00Z");
    EXPECT_EQ(until({"until", "18"}), "2026-01-05T09:00:00Z");
    EXPECT_EQ(until({"until", "9:05"}), "2026-01-06T00:05:00Z") << "today it is over";
    EXPECT_EQ(until({"until", "15:00"}), "2026-01-06T06:00:00Z");
}

TEST_F(Until, Tomorrow) {
    EXPECT_EQ(until({"until", "tomorrow", "9:00"}), "2026-01-06T00:00:00Z");
    EXPECT_EQ(until({"until", "tomorrow", "18:00"}), "2026-01-06T09:00:00Z");
}

TEST_F(Until, KnowsOfSummerTime) {
    set_zone("Europe/Berlin");
    now = std::chrono::sys_days(std::chrono::year(2026) / 3 / 28) + 12h;  // The clocks go forward that night.
    EXPECT_EQ(until({"until", "tomorrow", "9:00"}), "2026-03-29T07:00:00Z");
}

TEST_F(Until, SaysWhatItDoesNotUnderstand) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                  {"until"},
                                                  {"until", "25:00"},
                                                  {"until", "9:5"},
                                                  {"until", "9:60"},
                                                  {"until", "tomorrow"},
                                                  {"until", "yesterday", "9:00"},
                                                  {"for", "2h"},
                                                  {"until", "9:00", "sharp"}})
        EXPECT_EQ(parse_until(words, now).error().code, ErrorCode::bad_request);
    EXPECT_EQ(until({"until", "noon"}), "'until noon' is no time that doze understands.");
}

}  // namespace
}  // namespace doze::cli::moments_test
