#include "core/policy/holds.hpp"

#include <gtest/gtest.h>

#include "fakes/fake_clock.hpp"

namespace doze::core {
namespace {

using namespace std::chrono_literals;

class HoldsTest : public testing::Test {
   protected:
    void pass(Duration span) {
        clock.advance(span);
        holds.advance(clock.now());
    }

    /// What the next start finds.
    void restart(Duration down) {
        const auto record = holds.record();
        clock.advance(down);
        holds = Holds(record, clock.now());
        holds.advance(clock.now());
    }

    /// The same, after the machine was started anew: its own clock tells nothing of what passed.
    void restart_machine(Duration down, Duration wall_jumps = 0min) {
        auto record = holds.record();
        record.noted_boot.reset();
        clock.advance(down);
        clock.set_wall(clock.wall() + wall_jumps);
        holds = Holds(record, clock.now());
        holds.advance(clock.now());
    }

    fakes::FakeClock clock;
    Holds holds{std::nullopt, clock.now()};
};

TEST_F(HoldsTest, AreNoneAtFirst) {
    EXPECT_FALSE(holds.is_on());
    EXPECT_FALSE(holds.next_deadline());
    EXPECT_EQ(holds.record(), HoldRecord{});
}

TEST_F(HoldsTest, ASnoozeHoldsUntilItsEndAndThenWarns) {
    holds.configure(2min);
    holds.snooze(clock.boot() + 1h, clock.now());
    EXPECT_EQ(holds.snoozed_until(), clock.boot() + 1h);
    EXPECT_EQ(holds.next_deadline(), clock.boot() + 1h);
    pass(59min);
    EXPECT_TRUE(holds.is_held());
    pass(1min);
    EXPECT_FALSE(holds.is_held());
    EXPECT_TRUE(holds.is_on()) << "as if the person had left now";
    EXPECT_EQ(holds.warned_until(), clock.boot() + 2min);
    EXPECT_EQ(holds.next_deadline(), holds.warned_until());
    pass(2min);
    EXPECT_FALSE(holds.is_on());
    EXPECT_FALSE(holds.next_deadline());
}

TEST_F(HoldsTest, ASecondSnoozeReplacesTheFirst) {
    holds.snooze(clock.boot() + 1h, clock.now());
    holds.snooze(clock.boot() + 10min, clock.now());
    EXPECT_EQ(holds.snoozed_until(), clock.boot() + 10min);
}

TEST_F(HoldsTest, ResumeEndsTheSnoozeWithAWarning) {
    EXPECT_FALSE(holds.resume(clock.boot()));
    EXPECT_FALSE(holds.is_on());
    holds.snooze(clock.boot() + 1h, clock.now());
    EXPECT_TRUE(holds.resume(clock.boot()));
    EXPECT_TRUE(holds.warned_until());
}

TEST_F(HoldsTest, TheLastOfAllHoldsBeginsTheWarning) {
    holds.snooze(clock.boot() + 10min, clock.now());
    holds.hold(1, "make", clock.boot());
    holds.hold(2, "rsync", clock.boot());
    pass(20min);
    EXPECT_TRUE(holds.is_held());
    EXPECT_TRUE(holds.release(1, clock.boot()));
    EXPECT_FALSE(holds.release(1, clock.boot()));
    EXPECT_FALSE(holds.warned_until());
    EXPECT_TRUE(holds.release(2, clock.boot()));
    EXPECT_TRUE(holds.warned_until());
    holds.hold(3, "again", clock.boot());
    EXPECT_FALSE(holds.warned_until());
    EXPECT_TRUE(holds.is_held());
}

TEST_F(HoldsTest, LeavingOnOnesWordEndsSnoozeAndWarningButNoClient) {
    holds.snooze(clock.boot() + 1h, clock.now());
    EXPECT_TRUE(holds.leave());
    EXPECT_FALSE(holds.is_on());
    holds.hold(1, "make", clock.boot());
    EXPECT_FALSE(holds.leave());
    EXPECT_TRUE(holds.is_held());
    holds.release(1, clock.boot());
    EXPECT_FALSE(holds.leave());
    EXPECT_FALSE(holds.is_on());
}

TEST_F(HoldsTest, ASnoozeSurvivesARestart) {
    holds.snooze(clock.boot() + 1h, clock.now());
    restart(20min);
    EXPECT_EQ(holds.snoozed_until(), clock.boot() + 40min);
}

TEST_F(HoldsTest, ASnoozeThatEndedBetweenTwoStartsIsFollowedByItsWarning) {
    holds.snooze(clock.boot() + 1h, clock.now());
    restart(3h);
    EXPECT_FALSE(holds.is_held());
    EXPECT_EQ(holds.warned_until(), clock.boot() + 5min);
}

TEST_F(HoldsTest, AClientsHoldSurvivesNoRestartButItsWarningComes) {
    holds.hold(1, "make", clock.boot());
    restart(1h);
    EXPECT_TRUE(holds.clients().empty());
    EXPECT_EQ(holds.warned_until(), clock.boot() + 5min);
    restart(1h);
    EXPECT_TRUE(holds.is_on()) << "nobody saw the warning before";
}

TEST_F(HoldsTest, AWallClockThatIsSetChangesNoSnooze) {
    for (const auto jump : {-48h, 48h}) {
        holds.snooze(clock.boot() + 1h, clock.now());
        const auto end = holds.snoozed_until();
        clock.set_wall(clock.wall() + jump);
        restart(5min);
        EXPECT_EQ(holds.snoozed_until(), end);
        restart(5min);
        restart(5min);
        EXPECT_EQ(holds.snoozed_until(), end) << "each start knows what the ones before it knew";
    }
}

TEST_F(HoldsTest, ASnoozeSurvivesANewStartOfTheMachineByTheWallClock) {
    holds.snooze(clock.boot() + 1h, clock.now());
    restart_machine(20min);
    EXPECT_EQ(holds.snoozed_until(), clock.boot() + 40min);
    restart_machine(20min);
    EXPECT_EQ(holds.snoozed_until(), clock.boot() + 20min);
}

TEST_F(HoldsTest, AWallClockThatWasWrongBeforeTheMachineStartedAnewMakesNoSnoozeLongerThanWasTold) {
    holds.snooze(clock.boot() + 1h, clock.now());
    pass(25min);
    restart_machine(5min, -48h);
    EXPECT_LE(holds.snoozed_until(), clock.boot() + 35min) << "what passed before was noted";
    EXPECT_TRUE(holds.is_held());
    holds.snooze(clock.boot() + 1h, clock.now());
    restart_machine(5min, 48h);
    EXPECT_FALSE(holds.is_held());
    EXPECT_TRUE(holds.warned_until());
}

TEST_F(HoldsTest, AnUntrueRecordMakesNoSnoozeOfYears) {
    const HoldRecord record{.snooze_left = 24h * 365, .noted_at = clock.now().wall, .noted_boot = clock.boot() + 1h};
    holds = Holds(record, clock.now());
    EXPECT_EQ(holds.snoozed_until(), clock.boot() + Holds::longest_snooze);
}

}  // namespace
}  // namespace doze::core
