#include <gtest/gtest.h>

#include "server/admission/peer_limits.hpp"

namespace doze::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Asking {
    RateLimit limit{10};
    RateLimit::Time now{};

    int allowed(const std::string& peer, int asked) {
        int allowed = 0;
        for (int i = 0; i < asked; ++i) allowed += limit.allow(peer, now) ? 1 : 0;
        return allowed;
    }
};

TEST(RateLimitTest, AllowsABurstAndThenItsRate) {
    Asking asking;
    EXPECT_EQ(asking.allowed("a", 100), 10);
    asking.now += milliseconds(500);
    EXPECT_EQ(asking.allowed("a", 100), 5);
    asking.now += seconds(3600);
    EXPECT_EQ(asking.allowed("a", 100), 10);
}

TEST(RateLimitTest, OnePeerTakesNothingFromAnother) {
    Asking asking;
    EXPECT_EQ(asking.allowed("a", 1000), 10);
    EXPECT_EQ(asking.allowed("b", 10), 10);
}

TEST(RateLimitTest, AFloodOfPeersIsBounded) {
    Asking asking;
    for (std::size_t i = 0; i < RateLimit::most_peers; ++i) EXPECT_EQ(asking.allowed(std::to_string(i), 1), 1);
    EXPECT_EQ(asking.allowed("one more", 1), 0);
    EXPECT_EQ(asking.allowed("7", 20), 9) << "those who are known are served";
    asking.now += seconds(1);
    EXPECT_EQ(asking.allowed("one more", 1), 1);
}

}  // namespace
}  // namespace doze::server
