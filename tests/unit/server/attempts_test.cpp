#include <gtest/gtest.h>

#include "server/admission/peer_limits.hpp"

namespace doze::server {
namespace {

using std::chrono::seconds;

TEST(AttemptsTest, WrongOnesMakeTheNextWait) {
    Attempts attempts;
    Attempts::Time now{};
    now += std::chrono::hours(1);
    for (unsigned i = 1; i < Attempts::free_tries; ++i) {
        attempts.failed("a", now);
        EXPECT_EQ(attempts.wait("a", now), seconds(0));
    }
    for (const auto expected : {1, 2, 4, 8, 16, 32, 60, 60}) {
        attempts.failed("a", now);
        EXPECT_EQ(attempts.wait("a", now), seconds(expected));
        EXPECT_EQ(attempts.wait("b", now), seconds(0));
        now += seconds(expected);
        EXPECT_EQ(attempts.wait("a", now), seconds(0));
    }
    now += std::chrono::minutes(11);
    attempts.failed("a", now);
    EXPECT_EQ(attempts.wait("a", now), seconds(0)) << "that was long ago";
}

TEST(AttemptsTest, ARightOneIsTheEndOfIt) {
    Attempts attempts;
    const Attempts::Time now{std::chrono::hours(1)};
    for (int i = 0; i < 5; ++i) attempts.failed("a", now);
    attempts.succeeded("a");
    attempts.failed("a", now);
    EXPECT_EQ(attempts.wait("a", now), seconds(0));
}

TEST(AttemptsTest, AFloodOfPeersIsBounded) {
    Attempts attempts;
    Attempts::Time now{std::chrono::hours(1)};
    for (std::size_t i = 0; i <= Attempts::most_peers; ++i, now += std::chrono::milliseconds(1))
        for (int times = 0; times < 12; ++times) attempts.failed(std::to_string(i), now);
    EXPECT_EQ(attempts.wait("0", now), seconds(0)) << "the oldest is forgotten";
    EXPECT_GT(attempts.wait("1", now), seconds(0));
}

}  // namespace
}  // namespace doze::server
