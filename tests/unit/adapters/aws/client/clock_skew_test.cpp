#include "adapters/aws/client/clock_skew.hpp"

#include <gtest/gtest.h>

namespace doze::aws {
namespace {

using namespace std::chrono_literals;

const core::WallTime eight = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + 8h;
const Error expired{.message = "", .aws_code = "RequestExpired"};
const Error denied{.message = "", .aws_code = "UnauthorizedOperation"};

ports::HttpResponse at(const char* date) {
    return {.status = 400, .headers = {{"server", "x"}, {"date", date}}};
}

TEST(ClockSkew, ReadsTheDateOfAnAnswer) {
    EXPECT_EQ(date_of(at("Mon, 05 Jan 2026 08:00:00 GMT")), eight);
    EXPECT_EQ(date_of({.status = 400}), std::nullopt);
    for (const char* none : {"", "yesterday", "Mon, 05 Jan 2026 08:00:00", "Mon, 05 Jan 2026 08:00:00 GMT+1"}) {
        EXPECT_EQ(date_of(at(none)), std::nullopt) << none;
    }
}

TEST(ClockSkew, SignsWithAwsTimeAfterARefusal) {
    ClockSkew skew;
    EXPECT_EQ(skew.time_at("ec2", eight), eight);
    const auto correction = skew.learn("ec2", expired, at("Mon, 05 Jan 2026 08:12:00 GMT"), eight, eight);
    ASSERT_TRUE(correction);
    EXPECT_EQ(
        correction->say,
        "This machine's clock is 12 min behind AWS's; doze signs with AWS's time. `timedatectl set-ntp true` sets "
        "the clock right.");
    EXPECT_EQ(skew.time_at("ec2", eight + 1h), eight + 1h + 12min);
    EXPECT_EQ(skew.time_at("ecs", eight), eight);
}

TEST(ClockSkew, SaysItOnceForAllHosts) {
    ClockSkew skew;
    EXPECT_NE(skew.learn("ec2", expired, at("Mon, 05 Jan 2026 07:00:00 GMT"), eight, eight)->say, "");
    EXPECT_EQ(skew.learn("ecs", expired, at("Mon, 05 Jan 2026 07:00:01 GMT"), eight, eight)->say, "");
}

TEST(ClockSkew, FollowsAClockThatIsSetRight) {
    ClockSkew skew;
    ASSERT_TRUE(skew.learn("ec2", expired, at("Mon, 05 Jan 2026 07:00:00 GMT"), eight, eight));
    const auto right = skew.learn("ec2", expired, at("Mon, 05 Jan 2026 08:00:00 GMT"), eight - 1h, eight);
    ASSERT_TRUE(right);
    EXPECT_EQ(right->say, "");
    EXPECT_EQ(skew.time_at("ec2", eight), eight);
}

TEST(ClockSkew, LeavesOtherRefusalsAndSmallDifferencesAlone) {
    ClockSkew skew;
    EXPECT_FALSE(skew.learn("ec2", denied, at("Mon, 05 Jan 2026 09:00:00 GMT"), eight, eight));
    EXPECT_FALSE(skew.learn("ec2", expired, at("Mon, 05 Jan 2026 08:04:00 GMT"), eight, eight));
    EXPECT_FALSE(skew.learn("ec2", expired, {.status = 400}, eight, eight));
    // Signed with AWS's time already.
    ASSERT_TRUE(skew.learn("ec2", expired, at("Mon, 05 Jan 2026 09:00:00 GMT"), eight, eight));
    EXPECT_FALSE(skew.learn("ec2", expired, at("Mon, 05 Jan 2026 09:00:01 GMT"), eight + 1h, eight));
}

TEST(ClockSkew, SignsAgainWhatWasUnderWayWhenAnotherRequestLearnt) {
    ClockSkew skew;
    ASSERT_TRUE(skew.learn("ec2", expired, at("Mon, 05 Jan 2026 09:00:00 GMT"), eight, eight));
    const auto second = skew.learn("ec2", expired, at("Mon, 05 Jan 2026 09:00:00 GMT"), eight, eight);
    ASSERT_TRUE(second);
    EXPECT_EQ(second->say, "");
}

core::Now moment(core::Duration since, core::WallTime wall) {
    return {core::TimePoint(since), wall};
}

TEST(AwsTimeTest, IsThisMachinesUntilAnAnswerSaysOtherwise) {
    AwsTime time;
    EXPECT_EQ(time.ahead(moment(1h, eight)), 0ms);
    time.learn(eight, moment(1h, eight - 1s), moment(1h + 2s, eight + 1s));
    EXPECT_EQ(time.ahead(moment(1h, eight)), 0ms) << "the date fits";
    time.learn(eight + 3s, moment(1h, eight), moment(1h, eight));
    EXPECT_EQ(time.ahead(moment(1h, eight)), 0ms) << "seconds are nothing";
}

TEST(AwsTimeTest, FollowsTheDatesOfAnswersToTheSecond) {
    for (const core::Duration off : {core::Duration(20min), core::Duration(-20min), core::Duration(-72h)}) {
        AwsTime time;
        time.learn(eight + off, moment(1h, eight), moment(1h, eight));
        EXPECT_LE(std::chrono::abs(time.ahead(moment(1h, eight)) - off), 1s);
        // A slow answer says less than is known.
        time.learn(eight + off + 5s, moment(1h, eight), moment(1h + 40s, eight + 40s));
        EXPECT_LE(std::chrono::abs(time.ahead(moment(2h, eight + 1h)) - off), 1s);
    }
}

TEST(AwsTimeTest, StaysWhenTheClockOnTheWallIsSet) {
    AwsTime time;
    time.learn(eight, moment(1h, eight), moment(1h, eight));
    EXPECT_EQ(time.ahead(moment(2h, eight + 1h - 20min)), 20min) << "set wrong";
    time.learn(eight + 2h, moment(3h, eight + 2h - 20min), moment(3h, eight + 2h - 20min));
    EXPECT_EQ(time.ahead(moment(4h, eight + 3h)), 0ms) << "set right";
}

}  // namespace
}  // namespace doze::aws
