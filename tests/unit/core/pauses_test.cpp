#include <gtest/gtest.h>

#include "core/reconcile/describing.hpp"
#include "core/reconcile/reconcile.hpp"

namespace doze::core {
namespace {

using namespace std::chrono_literals;

TEST(Pauses, AfterAFailureDoubleUpToABound) {
    const auto pause = [](Recovery recovery, int attempts) { return retry_pause(recovery, attempts, 5min); };
    EXPECT_EQ(pause(Recovery::wait, 1), 1s);
    EXPECT_EQ(pause(Recovery::wait, 2), 2s);
    EXPECT_EQ(pause(Recovery::wait, 5), 15s);
    EXPECT_EQ(pause(Recovery::wait, 40), 15s);
    EXPECT_EQ(pause(Recovery::wait, 42), 30s);
    EXPECT_EQ(pause(Recovery::wait, 60), 5min);
    EXPECT_EQ(pause(Recovery::retry, 1), 2s);
    EXPECT_EQ(pause(Recovery::retry, 2), 4s);
    EXPECT_EQ(pause(Recovery::retry, 8), 256s);
    EXPECT_EQ(pause(Recovery::retry, 1000), 5min);
    EXPECT_EQ(pause(Recovery::capacity, 1), 1min);
    EXPECT_EQ(pause(Recovery::capacity, 2), 2min);
    EXPECT_EQ(pause(Recovery::capacity, 4), 8min);
    EXPECT_EQ(pause(Recovery::capacity, 5), 15min);
    EXPECT_EQ(pause(Recovery::tell, 1), 5min);
    EXPECT_EQ(retry_pause(Recovery::tell, 1, 10s), 1min);
}

TEST(Pauses, OfLooksEndAtTheNextBeat) {
    const auto at = [](Duration since) { return TimePoint(since); };
    EXPECT_EQ(next_describe(at(10s), 0), at(10500ms));
    EXPECT_EQ(next_describe(at(10100ms), 0), at(10750ms));
    EXPECT_EQ(next_describe(at(15s), 3), at(30s));
    EXPECT_EQ(next_describe(at(15100ms), 3), at(37500ms));
    EXPECT_EQ(describe_pause(43), 15s);
    EXPECT_EQ(describe_pause(44), 30s);
    EXPECT_EQ(describe_pause(1000), 5min);
}

class OneResource : public testing::Test {
   protected:
    void look(Phase phase, Duration asked_at) {
        Batch out;
        on_described(tracked, Observation{.id = tracked.id, .phase = phase}, TimePoint(asked_at), context(), out);
    }
    [[nodiscard]] ReconcileContext context() const {
        return {.settings = settings, .away = false, .blind = false, .held = false, .now = now};
    }

    Settings settings;
    Now now{TimePoint(1h), WallTime(1h)};
    ResourceRecord tracked{.id = ec2(Region("us-east-1"), InstanceId("i-1"))};
};

TEST_F(OneResource, IsNotSeenAsAnOlderLookShowsIt) {
    look(Phase::awake, 20s);
    look(Phase::asleep, 10s);
    EXPECT_EQ(tracked.seen->phase, Phase::awake);
    EXPECT_EQ(tracked.polling.seen_at, TimePoint(20s));
    look(Phase::asleep, 30s);
    EXPECT_EQ(tracked.seen->phase, Phase::asleep);
}

TEST_F(OneResource, ThatFallsBackIsStartedAgainEverMoreSeldom) {
    tracked.entry = JournalEntry{.id = tracked.id,
                                 .sleep_state = SleepState::waking,
                                 .initiator = Initiator::doze,
                                 .snapshot = {.desired = 1},
                                 .left_size = Size{.desired = 0}};
    Duration before{};
    for (int start = 0; start < 4; ++start) {
        tracked.calls.accept(now.boot);
        tracked.calls.last = now.boot;
        now.boot += 5min;
        tracked.polling.fresh_from = TimePoint::min();
        tracked.seen = Observation{.id = tracked.id, .phase = Phase::asleep, .reason = "Client.InternalError: No"};
        tracked.polling.seen_at = now.boot;
        Batch out;
        reconcile(tracked, context(), out);
        const auto pause = tracked.calls.next - now.boot;
        EXPECT_GT(pause, before) << start;
        before = pause;
        ASSERT_TRUE(tracked.trouble);
        EXPECT_NE(tracked.trouble->text().find("Client.InternalError: No. doze tries again"), std::string::npos);
        now.boot = tracked.calls.next;
    }
    EXPECT_EQ(before, 8min);
}

}  // namespace
}  // namespace doze::core
