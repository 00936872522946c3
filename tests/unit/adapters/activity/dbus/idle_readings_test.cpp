#include <gtest/gtest.h>

#include "adapters/activity/dbus/dbus_idle.hpp"

namespace doze::activity {
namespace {

using namespace std::chrono_literals;

constexpr core::TimePoint start = core::TimePoint(1h);

TEST(IdleReadings, DateInputOfADesktopThatAnswersMilliseconds) {
    IdleReadings readings;
    EXPECT_EQ(readings.next(100, start), std::nullopt);
    EXPECT_EQ(readings.next(10'100, start + 10s), start - 100ms);
    EXPECT_EQ(readings.next(20'100, start + 20s), std::nullopt) << "that input was told";
    EXPECT_EQ(readings.next(4'000, start + 30s), start + 26s);
}

TEST(IdleReadings, DateInputOfADesktopThatAnswersSeconds) {
    IdleReadings readings;
    for (const unsigned read : {0U, 10U, 20U}) {
        EXPECT_EQ(readings.next(read, start + std::chrono::seconds(read)), std::nullopt) << "the unit is not known yet";
    }
    EXPECT_EQ(readings.next(30, start + 30s), start);
    EXPECT_EQ(readings.next(4, start + 40s), start + 36s);
}

TEST(IdleReadings, NoticeInputBeforeTheUnitIsKnown) {
    IdleReadings readings;
    EXPECT_EQ(readings.next(500, start), std::nullopt);
    EXPECT_EQ(readings.next(3, start + 10s), start + 10s - 3ms);
}

TEST(IdleReadings, AreNotFooledByMillisecondsThatGrowLikeSeconds) {
    IdleReadings readings;
    for (const unsigned i : {0U, 1U, 2U, 3U}) (void)readings.next(10 * i, start + i * 10s);
    EXPECT_EQ(readings.next(150, start + 40s), start + 40s - 150ms) << "no second is that short";
}

TEST(IdleReadings, TellASteadilyActivePersonEachTime) {
    IdleReadings readings;
    (void)readings.next(100, start);
    (void)readings.next(10'100, start + 10s);
    for (int i = 2; i < 10; ++i) {
        const auto at = start + i * 10s;
        EXPECT_EQ(readings.next(50, at), at - 50ms);
    }
}

}  // namespace
}  // namespace doze::activity
