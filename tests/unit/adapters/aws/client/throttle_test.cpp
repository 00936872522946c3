#include "adapters/aws/client/throttle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <random>

#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ThrottleTest : public testing::Test {
   protected:
    static Call ec2(const std::string& operation, int instances = 0, QueryPairs parameters = {}) {
        for (int i = 1; i <= instances; ++i) parameters.emplace_back("InstanceId." + std::to_string(i), "i-1");
        return query_call("ec2", Region("us-east-1"), operation, "2016-11-15", std::move(parameters));
    }

    static Call json(const std::string& service, const std::string& operation) {
        return {.service = service, .region = Region("us-east-1"), .operation = operation, .iam_action = ""};
    }

    /// How many requests go out before one has to wait.
    int at_once(const Call& call) {
        int count = 0;
        while (throttle_.take(call, now_).wait == 0ms) ++count;
        return count;
    }

    core::TimePoint now_{1h};
    Throttle throttle_;
};

TEST_F(ThrottleTest, LetsFourFifthsOfTheBucketThroughAndThenAtFourFifthsOfItsPace) {
    EXPECT_EQ(at_once(ec2("StartInstances")), 4);
    now_ += 1h;
    for (int i = 0; i < 4; ++i) EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_).wait, 0ms);
    // 2 a second, and four fifths of that: one every 625 ms.
    EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_).wait, 625ms);
    EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_).wait, 1250ms);
    EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_ + 1000ms).wait, 875ms);
}

TEST_F(ThrottleTest, KnowsTheBucketsThatAwsPublished) {
    EXPECT_EQ(at_once(ec2("StopInstances")), 40);
    EXPECT_EQ(at_once(ec2("DescribeInstances", 0, {{"MaxResults", "1000"}})), 80);
    EXPECT_EQ(at_once(ec2("DescribeVolumes", 0, {{"Filter.1.Name", "volume-id"}})), 80);
    EXPECT_EQ(at_once(ec2("DescribeInstances")), 40);
    EXPECT_EQ(at_once(ec2("DescribeRegions")), 40);
    EXPECT_EQ(at_once(ec2("DescribeInstanceAttribute")), 80);
    EXPECT_EQ(at_once(ec2("ModifyInstanceAttribute")), 40);
    EXPECT_EQ(at_once(json("ecs", "UpdateService")), 40);
    EXPECT_EQ(at_once(json("monitoring", "GetMetricData")), 400);
    EXPECT_EQ(at_once(json("sts", "AssumeRole")), 480);
}

TEST_F(ThrottleTest, IsCarefulWhereAwsPublishedNothing) {
    EXPECT_EQ(at_once(json("eks", "ListNodegroups")), 16);
    EXPECT_EQ(at_once(json("eks", "UpdateNodegroupConfig")), 8);
    EXPECT_EQ(at_once(json("rds", "StopDBInstance")), 8);
}

TEST_F(ThrottleTest, KeepsRegionsAndApisApartButNotWhatAwsCountsTogether) {
    at_once(json("ecs", "ListClusters"));
    EXPECT_GT(throttle_.take(json("ecs", "DescribeClusters"), now_).wait, 0ms);
    EXPECT_EQ(throttle_.take(json("ecs", "DescribeServices"), now_).wait, 0ms);
    Call elsewhere = json("ecs", "ListClusters");
    elsewhere.region = Region("eu-west-1");
    EXPECT_EQ(throttle_.take(elsewhere, now_).wait, 0ms);
}

TEST_F(ThrottleTest, CountsTheInstancesOfAStartToo) {
    EXPECT_EQ(throttle_.take(ec2("StartInstances", 500), now_).wait, 0ms);
    EXPECT_EQ(throttle_.take(ec2("StartInstances", 300), now_).wait, 0ms);
    // 800 are free, then 1.6 a second.
    EXPECT_EQ(throttle_.take(ec2("StartInstances", 16), now_).wait, 10s);
}

TEST_F(ThrottleTest, GivesAPersonWhoWaitsTheWholeBucket) {
    // 1,000 instances in calls of 50, as they are woken.
    core::Duration last{};
    for (int i = 0; i < 20; ++i) {
        auto call = ec2("StartInstances", 50);
        call.is_awaited = true;
        last = std::max(last, throttle_.take(call, now_).wait);
    }
    EXPECT_EQ(last, 8s) << "4 calls at once, then 2 a second";
    EXPECT_GT(throttle_.take(ec2("StartInstances"), now_).wait, 8s) << "what nobody waits for comes after";
}

TEST_F(ThrottleTest, KeepsTheLastFifthForThoseWhoWait) {
    EXPECT_EQ(at_once(ec2("StopInstances")), 40);
    auto awaited = ec2("StopInstances");
    awaited.is_awaited = true;
    now_ += 1h;
    for (int i = 0; i < 40; ++i) (void)throttle_.take(ec2("StopInstances"), now_);
    EXPECT_EQ(at_once(awaited), 9);
}

TEST_F(ThrottleTest, FillsUpAgainButNeverBeyondFull) {
    at_once(ec2("StartInstances"));
    now_ += 24h;
    EXPECT_EQ(at_once(ec2("StartInstances")), 4);
}

/// A bucket as AWS has it, at its published size. Requests arrive in any order of time.
class AwsBucket {
   public:
    AwsBucket(double holds, double per_second) : holds_(holds), per_second_(per_second) {}

    void arrives(core::TimePoint at, double tokens) { arrivals_.emplace(at, tokens); }

    [[nodiscard]] int refusals() const {
        int refused = 0;
        double left = holds_;
        core::TimePoint before{};
        for (const auto& [at, tokens] : arrivals_) {
            left = std::min(holds_, left + std::chrono::duration<double>(at - before).count() * per_second_);
            before = at;
            if (left < tokens) {
                ++refused;
            } else {
                left -= tokens;
            }
        }
        return refused;
    }

   private:
    double holds_;
    double per_second_;
    std::multimap<core::TimePoint, double> arrivals_;
};

TEST_F(ThrottleTest, MeetsNoRefusalOfAnAccountWithThePublishedBuckets) {
    std::mt19937 dice(20260301);
    const auto on_its_way = [&dice] { return core::Duration(std::uniform_int_distribution<int>(20, 400)(dice)); };
    struct Load {
        Call call;
        int requests;
        AwsBucket bucket;
    };
    const Call describe = ec2("DescribeInstances", 0, {{"MaxResults", "1000"}});
    for (const bool is_awaited : {false, true})
        for (auto& [call, requests, bucket] : std::vector<Load>{{ec2("StartInstances", 50), 40, {5, 2}},
                                                                {ec2("StopInstances", 50), 200, {50, 5}},
                                                                {describe, 2000, {100, 20}},
                                                                {json("ecs", "UpdateService"), 500, {50, 5}}}) {
            AwsBucket instances(1000, call.operation == "StopInstances" ? 20 : 2);
            for (int i = 0; i < requests; ++i) {
                call.is_awaited = is_awaited && i % 3 == 0;
                const auto arrival = now_ + throttle_.take(call, now_).wait + on_its_way();
                bucket.arrives(arrival, 1);
                if (call.resources > 0) instances.arrives(arrival, static_cast<double>(call.resources));
            }
            EXPECT_EQ(bucket.refusals(), 0) << call.operation;
            EXPECT_EQ(instances.refusals(), 0) << call.operation;
            now_ += 24h;
        }
}

TEST_F(ThrottleTest, EmptiesTheBucketAndHalvesItsPaceWhereAwsThrottlesAllTheSame) {
    EXPECT_EQ(throttle_.take(ec2("StopInstances"), now_).wait, 0ms);
    EXPECT_THAT(throttle_.refused(ec2("StopInstances"), now_),
                HasSubstr("AWS throttles ec2:StopInstances in us-east-1"));
    // 5 a second, four fifths of that, and half of that: one every 500 ms.
    EXPECT_EQ(throttle_.take(ec2("StopInstances"), now_).wait, 500ms);
}

TEST_F(ThrottleTest, EmptiesWhatIsKeptForThoseWhoWaitTooWhereAwsThrottles) {
    (void)throttle_.refused(ec2("StopInstances"), now_);
    auto awaited = ec2("StopInstances");
    awaited.is_awaited = true;
    EXPECT_EQ(throttle_.take(awaited, now_).wait, 400ms) << "half of 5 a second";
}

TEST_F(ThrottleTest, FillsAtTheHalvedPaceToo) {
    (void)throttle_.refused(ec2("StopInstances"), now_);
    for (int i = 1; i <= 10; ++i)
        EXPECT_NEAR(static_cast<double>(throttle_.take(ec2("StopInstances"), now_).wait.count()), 500 * i, 1);
    // In five seconds ten tokens at the halved pace, which has come back by a sixtieth; at the full pace it were
    // twenty.
    now_ += 5s;
    EXPECT_NEAR(static_cast<double>(throttle_.take(ec2("StopInstances"), now_).wait.count()), 500, 20);
}

TEST_F(ThrottleTest, HalvesOnceForAllRequestsThatWereUnderWay) {
    for (int i = 0; i < 10; ++i) (void)throttle_.refused(ec2("StopInstances"), now_);
    EXPECT_EQ(throttle_.take(ec2("StopInstances"), now_).wait, 500ms);
    now_ += 3s;
    (void)throttle_.refused(ec2("StopInstances"), now_);
    EXPECT_NEAR(static_cast<double>(throttle_.take(ec2("StopInstances"), now_).wait.count()), 1000, 50);
}

TEST_F(ThrottleTest, IsAsFastAsBeforeAfterFiveQuietMinutes) {
    for (int i = 0; i < 20; ++i) {
        (void)throttle_.refused(ec2("StopInstances"), now_);
        now_ += 3s;
    }
    now_ += 5min;
    EXPECT_EQ(at_once(ec2("StopInstances")), 40);
    EXPECT_EQ(throttle_.take(ec2("StopInstances"), now_).wait, 500ms);
}

TEST_F(ThrottleTest, SaysThatACallWaitsButNotMoreThanOnceAMinute) {
    for (int i = 0; i < 5; ++i) EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_).say, "");
    EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_).say,
              "ec2:StartInstances in us-east-1 waits 1.2 s: faster, and AWS would throttle this account.");
    EXPECT_EQ(throttle_.take(ec2("StartInstances"), now_).say, "");
    for (int i = 0; i < 200; ++i) (void)throttle_.take(ec2("StartInstances"), now_);
    EXPECT_NE(throttle_.take(ec2("StartInstances"), now_ + 1min).say, "");
}

TEST_F(ThrottleTest, SaysNothingOfAWaitOfASecond) {
    at_once(json("rds", "StopDBInstance"));
    std::vector<bool> said;
    for (int i = 2; i <= 5; ++i) said.push_back(!throttle_.take(json("rds", "StopDBInstance"), now_).say.empty());
    EXPECT_EQ(said, (std::vector{false, false, false, true})) << "250 ms each";
}

TEST_F(ThrottleTest, CountsWhatItLetThroughHeldBackAndSawRefused) {
    for (int i = 0; i < 6; ++i) (void)throttle_.take(ec2("StartInstances"), now_);
    (void)throttle_.refused(ec2("StartInstances"), now_);
    const auto& counts = throttle_.counts().at({Region("us-east-1"), "ec2:StartInstances"});
    EXPECT_EQ(counts.requests, 6U);
    EXPECT_EQ(counts.waited, 2U);
    EXPECT_EQ(counts.waited_for, 1875ms);
    EXPECT_EQ(counts.refused, 1U);
}

}  // namespace
}  // namespace doze::aws
