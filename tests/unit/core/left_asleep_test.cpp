// What AWS says of a sleep that doze saw: only a later time is somebody else's doing.
#include <gtest/gtest.h>

#include "core/engine.hpp"

namespace doze::core {
namespace {

using namespace std::chrono_literals;

class LeftAsleep : public testing::Test {
   protected:
    explicit LeftAsleep(SleepState step = SleepState::asleep) {
        begin(step, stopped);
        if (step == SleepState::asleep) (void)look(stopped);
    }

    /// The process begins with a row of which AWS had said that it was stopped then.
    void begin(SleepState step, WallTime left) {
        JournalEntry entry{
            .id = web, .sleep_state = step, .snapshot = {.desired = 1}, .opened_at = stopped, .called_at = stopped};
        if (step == SleepState::asleep) entry.left_size = Size{}, entry.left_changed_at = left;
        state = core::start({entry}, std::nullopt, now);
        (void)step_with(SourceChanged{{.name = "keys", .kind = ActivityKind::keyboard, .state = SourceState::running}});
        (void)step_with(LeaveRequested{.request = 1});
        (void)step_with(Configured{.settings = {}, .registrations = {{.id = web}}});
    }

    std::vector<Effect> step_with(const Event& event) { return core::step(state, event, now); }
    std::vector<Effect> look(WallTime changed_at) {
        return step_with(Described{.id = web,
                                   .seen = Observation{.id = web,
                                                       .phase = Phase::asleep,
                                                       .size = {.desired = 0},
                                                       .state = "stopped",
                                                       .changed_at = changed_at}});
    }
    void pass(Duration time) {
        now.boot += time;
        now.wall += time;
    }
    static bool wakes(const std::vector<Effect>& effects) {
        for (const auto& effect : effects)
            if (const auto* act = std::get_if<Call>(&effect); act != nullptr && act->verb == Verb::wake) return true;
        return false;
    }

    const ResourceId web = ec2(Region("us-east-1"), InstanceId("i-1"));
    const WallTime stopped{1000h};
    Now now{TimePoint(1h), stopped + 10s};
    State state = core::start({}, std::nullopt, now);
};

TEST_F(LeftAsleep, AnEarlierTimeIsAnOldAnswerAndWaitsForNothing) {
    pass(1h);
    (void)step_with(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot, .source = "keys"}});
    EXPECT_TRUE(wakes(look(stopped - 1min)));
}

TEST_F(LeftAsleep, AnOldAnswerIsCorrectedAfterARestartToo) {
    // From the sleep before: it was seen right after the call, or the process ended before another answer came.
    for (const auto after : {30s, 24 * 3600s}) {
        now = {TimePoint(1h), stopped + after};
        begin(SleepState::asleep, stopped - 8h);
        (void)look(stopped + 2s);
        pass(10s);
        (void)step_with(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot, .source = "keys"}});
        EXPECT_TRUE(wakes(look(stopped + 2s))) << after.count();
    }
}

TEST_F(LeftAsleep, WhatComesRightAfterARestartIsSomebodyElsesWhereTheFirstAnswerWasNoOldOne) {
    now = {TimePoint(1h), stopped + 6s};
    begin(SleepState::asleep, stopped);
    (void)look(stopped + 6s);
    pass(2s);
    (void)step_with(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot, .source = "keys"}});
    EXPECT_FALSE(wakes(look(stopped + 6s)));
}

TEST_F(LeftAsleep, ALaterTimeIsSomebodyElses) {
    pass(1h);
    (void)step_with(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot, .source = "keys"}});
    EXPECT_FALSE(wakes(look(stopped + 30min)));
}

class JustAsleep : public LeftAsleep {
   protected:
    JustAsleep() : LeftAsleep(SleepState::sleeping) {}
};

TEST_F(JustAsleep, AnEarlierTimeCorrectsNothing) {
    (void)look(stopped);
    ASSERT_EQ(state.tracked.at(web).entry->sleep_state, SleepState::asleep);
    pass(5min);
    (void)look(stopped - 1min);
    EXPECT_EQ(state.tracked.at(web).entry->left_changed_at, stopped);
}

}  // namespace
}  // namespace doze::core
