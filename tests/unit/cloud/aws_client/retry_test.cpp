#include "cloud/aws/retry.hpp"

#include <gtest/gtest.h>

namespace doze::cloud::aws {
namespace {

using namespace std::chrono_literals;

const Error silence{.code = ErrorCode::aws_error, .message = "no answer", .recovery = Recovery::retry};
const Error refusal{
    .code = ErrorCode::throttled, .message = "slow down", .recovery = Recovery::retry, .aws_code = "SlowDown"};

TEST(Retry, PausesAnywhereBetweenNothingAndADoublingBound) {
    struct Case {
        int attempt;
        double random;
        core::Duration pause;
    };
    for (const auto& [attempt, random, pause] : std::vector<Case>{{1, 0.0, 0ms},
                                                                  {1, 0.5, 500ms},
                                                                  {2, 0.5, 1000ms},
                                                                  {3, 0.25, 1000ms},
                                                                  {5, 0.5, 8000ms},
                                                                  {6, 0.5, 10000ms},
                                                                  {1000000, 0.5, 10000ms}}) {
        EXPECT_EQ(retry_pause(attempt, random), pause) << attempt;
    }
}

TEST(Retry, RepeatsTwiceWhatPassesSoonAndNothingElse) {
    EXPECT_TRUE(worth_repeating(silence, 1));
    EXPECT_TRUE(worth_repeating(silence, 2));
    EXPECT_FALSE(worth_repeating(silence, 3));
    for (const Recovery other : {Recovery::tell, Recovery::wait, Recovery::capacity}) {
        EXPECT_FALSE(worth_repeating({.message = "", .recovery = other, .aws_code = "X"}, 1));
    }
}

TEST(RetryQuota, LetsFiftyRepeatsOfSilenceThrough) {
    RetryQuota quota;
    for (int i = 0; i < 50; ++i) EXPECT_EQ(quota.take(silence), 10);
    EXPECT_EQ(quota.take(silence), 0);
    EXPECT_EQ(quota.left(), 0);
}

TEST(RetryQuota, TakesLessForARefusal) {
    RetryQuota quota;
    for (int i = 0; i < 100; ++i) EXPECT_EQ(quota.take(refusal), 5);
    EXPECT_EQ(quota.take(refusal), 0);
}

TEST(RetryQuota, IsRefilledBySuccessButNeverBeyondFull) {
    RetryQuota quota;
    quota.succeeded(0);
    EXPECT_EQ(quota.left(), 500);
    const int taken = quota.take(silence) + quota.take(silence);
    EXPECT_EQ(quota.left(), 480);
    quota.succeeded(0);
    EXPECT_EQ(quota.left(), 481);
    quota.succeeded(taken);
    EXPECT_EQ(quota.left(), 500);
}

}  // namespace
}  // namespace doze::cloud::aws
