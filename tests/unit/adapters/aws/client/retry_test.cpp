#include <gtest/gtest.h>

#include "adapters/aws/client/call_retry.hpp"
#include "variables.hpp"

namespace doze::aws {
namespace {

using namespace std::chrono_literals;

const Error silence{.code = ErrorCode::aws_error, .message = "no answer", .recovery = Recovery::retry};
const Error throttled{
    .code = ErrorCode::throttled, .message = "slow down", .recovery = Recovery::retry, .aws_code = "SlowDown"};

TEST(Retry, PausesAnywhereBetweenNothingAndADoublingBound) {
    struct Case {
        int attempt;
        double random;
        core::Duration after_throttling;
        core::Duration after_a_fault;
    };
    for (const auto& [attempt, random, after_throttling, after_a_fault] :
         std::vector<Case>{{1, 0.0, 0ms, 0ms},
                           {1, 0.5, 500ms, 25ms},
                           {2, 0.5, 1000ms, 50ms},
                           {3, 0.25, 1000ms, 50ms},
                           {5, 0.5, 8000ms, 400ms},
                           {6, 0.5, 10000ms, 800ms},
                           {1000000, 0.5, 10000ms, 10000ms}}) {
        EXPECT_EQ(retry_pause(attempt, throttled, 0ms, random), after_throttling) << attempt;
        EXPECT_EQ(retry_pause(attempt, silence, 0ms, random), after_a_fault) << attempt;
    }
}

TEST(Retry, PausesAsLongAsAwsAskedButNotMuchLonger) {
    EXPECT_EQ(retry_pause(1, throttled, 200ms, 0.5), 500ms);
    EXPECT_EQ(retry_pause(1, throttled, 3s, 0.5), 3s);
    EXPECT_EQ(retry_pause(1, throttled, 1h, 0.5), 5500ms);
}

TEST(Retry, RepeatsTwiceWhatPassesSoonAndNothingElse) {
    EXPECT_TRUE(worth_repeating(silence, 1));
    EXPECT_TRUE(worth_repeating(silence, 2));
    EXPECT_FALSE(worth_repeating(silence, 3));
    EXPECT_TRUE(worth_repeating(silence, 3, 5));
    EXPECT_FALSE(worth_repeating(silence, 1, 1));
    for (const Recovery other : {Recovery::tell, Recovery::wait, Recovery::capacity}) {
        EXPECT_FALSE(worth_repeating({.message = "", .recovery = other, .aws_code = "X"}, 1));
    }
}

TEST(Retry, MakesAsManyAttemptsAsTheEnvironmentOrTheProfileSays) {
    Profile profile{.name = "dev"};
    EXPECT_EQ(*max_attempts(Variables(), profile), 3);
    profile.config.emplace("max_attempts", "5");
    EXPECT_EQ(*max_attempts(Variables(), profile), 5);
    EXPECT_EQ(*max_attempts(Variables{{"AWS_MAX_ATTEMPTS", "1"}}, profile), 1);
    for (const char* wrong : {"0", "-1", "two", "3x", " 3", "99999999999"}) {
        const auto found = max_attempts(Variables{{"AWS_MAX_ATTEMPTS", wrong}}, profile);
        ASSERT_FALSE(found) << wrong;
        EXPECT_EQ(found.error().message, "AWS_MAX_ATTEMPTS is not a number from 1.");
    }
}

TEST(RetryQuota, LetsThirtyFiveRepeatsAfterFaultsThrough) {
    RetryQuota quota;
    for (int i = 0; i < 35; ++i) EXPECT_EQ(quota.take(silence), 14);
    EXPECT_EQ(quota.take(silence), 0);
    EXPECT_EQ(quota.left(), 10);
}

TEST(RetryQuota, TakesLessAfterThrottling) {
    RetryQuota quota;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(quota.take(throttled), 5);
    EXPECT_EQ(quota.take(throttled), 0);
}

TEST(RetryQuota, IsRefilledBySuccessButNeverBeyondFull) {
    RetryQuota quota;
    quota.succeeded(0);
    EXPECT_EQ(quota.left(), 500);
    const int taken = quota.take(silence) + quota.take(silence);
    EXPECT_EQ(quota.left(), 472);
    quota.succeeded(0);
    EXPECT_EQ(quota.left(), 473);
    quota.succeeded(taken);
    EXPECT_EQ(quota.left(), 500);
}

}  // namespace
}  // namespace doze::aws
