#include <cerrno>
#include <gmock/gmock.h>
#include <string>
#include <vector>

#include "server/udp/udp_server.hpp"

namespace doze::server {
namespace {

using testing::ElementsAre;

class OutboxTest : public testing::Test {
   protected:
    int answer_ = 0;  // What the kernel says next.
    std::vector<std::string> sent_;
    std::vector<int> lost_;
    Outbox outbox_{[this](const Peer&, std::string_view text) {
                       if (answer_ == 0) sent_.emplace_back(text);
                       return answer_;
                   },
                   [this](const Peer&, int error) { lost_.push_back(error); }};
};

TEST_F(OutboxTest, SendsAtOnceWhileTheKernelTakesIt) {
    EXPECT_TRUE(outbox_.put({}, "a"));
    EXPECT_THAT(sent_, ElementsAre("a"));
}

TEST_F(OutboxTest, KeepsTheOrderOverAFullSocket) {
    answer_ = EAGAIN;
    EXPECT_FALSE(outbox_.put({}, "a"));
    answer_ = 0;
    EXPECT_FALSE(outbox_.put({}, "b"));
    EXPECT_THAT(sent_, ElementsAre());
    EXPECT_TRUE(outbox_.flush());
    EXPECT_THAT(sent_, ElementsAre("a", "b"));
    EXPECT_TRUE(outbox_.put({}, "c"));
    EXPECT_THAT(sent_, ElementsAre("a", "b", "c"));
}

TEST_F(OutboxTest, GivesUpOnOneReplyForAnyOtherErrorAndGoesOn) {
    for (const int error : {EINVAL, ECONNREFUSED, EPERM, ENOBUFS, EMSGSIZE}) {
        answer_ = error;
        EXPECT_TRUE(outbox_.put({}, "lost"));
    }
    EXPECT_THAT(lost_, ElementsAre(EINVAL, ECONNREFUSED, EPERM, ENOBUFS, EMSGSIZE));
    answer_ = EAGAIN;
    EXPECT_FALSE(outbox_.put({}, "a"));
    answer_ = EPERM;
    EXPECT_TRUE(outbox_.flush());
    EXPECT_EQ(lost_.size(), 6U);
}

TEST_F(OutboxTest, KeepsNoMoreThanItsBound) {
    answer_ = EAGAIN;
    for (std::size_t i = 0; i < Outbox::most_kept + 3; ++i) EXPECT_FALSE(outbox_.put({}, "x"));
    EXPECT_THAT(lost_, ElementsAre(EAGAIN, EAGAIN, EAGAIN));
    EXPECT_FALSE(outbox_.flush());
    answer_ = 0;
    EXPECT_TRUE(outbox_.flush());
    EXPECT_EQ(sent_.size(), Outbox::most_kept);
}

}  // namespace
}  // namespace doze::server
