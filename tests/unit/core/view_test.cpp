// What others may read of the core.
#include "core/view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/one_engine.hpp"

namespace doze::core::of_views {
namespace {

using namespace std::chrono_literals;

class View : public testing::Test, protected OneEngine {
   protected:
    View() { registrations = {Registration{.id = instance()}}; }

    std::size_t would_sleep() const { return SystemView(state).would_sleep().size(); }
    std::optional<TimePoint> sleep_at() const { return SystemView(state).sleep_at(); }
    bool is_warning() const { return SystemView(state).is_warning(); }
};

TEST_F(View, OfWhatWouldSleepHasWhatIsAwakeAndUnguarded) {
    begin();
    EXPECT_EQ(would_sleep(), 0U) << "nobody has seen it yet";
    for (const auto phase : {Phase::asleep, Phase::waking, Phase::gone}) {
        pass(1s);
        (void)step(Described{instance(), seen(phase)});
        EXPECT_EQ(would_sleep(), 0U) << to_string(phase);
    }
    pass(1s);
    (void)step(Described{instance(), seen(Phase::awake)});
    EXPECT_EQ(would_sleep(), 1U);
    auto guarded = seen(Phase::awake);
    guarded.guard = Guard{.why = "No."};
    pass(1s);
    (void)step(Described{instance(), guarded});
    EXPECT_EQ(would_sleep(), 0U);
    pass(1s);
    (void)step(Described{instance(), seen(Phase::awake)});
    (void)step(Described{instance(), Error{.code = ErrorCode::other_account, .message = "Another's."}});
    EXPECT_EQ(would_sleep(), 0U) << "of another account";
}

TEST_F(View, KnowsWhenTheSleepComes) {
    begin();
    const auto left = now.boot;
    EXPECT_EQ(sleep_at(), left + 30min);
    EXPECT_FALSE(is_warning());
    (void)step(SnoozeRequested{1, left + 1h});
    EXPECT_EQ(sleep_at(), left + 1h + 5min) << "with the warning after it";
    (void)step(HoldRequested{2, "a build"});
    EXPECT_EQ(sleep_at(), std::nullopt);
    (void)step(HoldReleased{2});
    (void)step(SnoozeRequested{1, left + 10min});
    EXPECT_EQ(sleep_at(), left + 30min) << "the snooze is over by then";
    (void)after(25min);
    EXPECT_TRUE(is_warning());
    (void)step(SourceChanged{keyboard(SourceState::unavailable)});
    EXPECT_EQ(sleep_at(), std::nullopt) << "blind";
}

TEST_F(View, OfAnAbsenceWithAHoldKnowsWhenTheSleepComes) {
    begin();
    (void)step(LeaveRequested{1});
    EXPECT_EQ(sleep_at(), std::nullopt) << "it has come";
    EXPECT_FALSE(is_warning());
    (void)step(SnoozeRequested{2, now.boot + 1h});
    EXPECT_EQ(sleep_at(), now.boot + 1h + 5min);
    EXPECT_FALSE(is_warning());
    (void)step(ResumeRequested{3});
    EXPECT_EQ(sleep_at(), now.boot + 5min);
    EXPECT_TRUE(is_warning());
}

TEST_F(View, KnowsWhetherAllHasBeenAskedBeforeASuspend) {
    const auto asked = [&] { return SystemView(state).has_asked_everything(); };
    EXPECT_FALSE(asked()) << "the files are not read";
    begin();
    EXPECT_TRUE(asked()) << "the person is there";
    (void)step(Described{instance(), seen(Phase::awake)});
    (void)step(LeaveRequested{1});
    EXPECT_FALSE(asked()) << "it is to be seen first";
    pass(1s);
    (void)step(Described{instance(), seen(Phase::awake)});
    EXPECT_TRUE(state.tracked.at(instance()).calls.in_flight.has_value());
    EXPECT_FALSE(asked()) << "the call is out";
    (void)step(CallReturned{.id = instance(), .accepted = {}});
    EXPECT_TRUE(asked());
}

TEST_F(View, OfADryRunWaitsForNothing) {
    settings.dry_run = true;
    begin();
    (void)step(LeaveRequested{1});
    EXPECT_TRUE(SystemView(state).has_asked_everything());
}

TEST_F(View, TellsWhatIsOwedAndWhatFailed) {
    state = core::start({{.id = instance(),
                          .sleep_state = SleepState::asleep,
                          .snapshot = {.desired = 1},
                          .called_at = now.wall,
                          .left_size = Size{}}},
                        PresenceRecord{.state = PresenceState::away, .since = now.wall}, now);
    begin();
    const auto one = [&] { return *SystemView(state).find(instance()); };
    EXPECT_TRUE(one().owes_wake());
    EXPECT_TRUE(one().asleep_by_doze());
    EXPECT_FALSE(one().stopped_by_person());
    EXPECT_EQ(one().failures(), 0);
    EXPECT_FALSE(one().is_description_failing());
    (void)step(Described{instance(), Error{.code = ErrorCode::aws_error, .message = "No."}});
    EXPECT_EQ(one().failures(), 1);
    EXPECT_TRUE(one().is_description_failing());
    EXPECT_EQ(one().failure()->message, "No.");
    EXPECT_EQ(one().trouble()->message, "No.");
    auto& record = state.tracked.at(instance());
    record.entry->called_at.reset();
    EXPECT_FALSE(one().owes_wake()) << "nothing was called";
    record.entry->called_at = now.wall;
    record.entry->sleep_state = SleepState::left_awake;
    EXPECT_FALSE(one().owes_wake());
    record.entry->sleep_state = SleepState::asleep;
    record.entry->initiator = Initiator::person;
    EXPECT_FALSE(one().owes_wake());
    EXPECT_TRUE(one().stopped_by_person());
    EXPECT_FALSE(SystemView(state).find(instance("i-2")));
}

TEST_F(View, ShowsAwsTimesOnThisMachinesClock) {
    now.aws_ahead = 10s;
    begin();
    EXPECT_EQ(SystemView(state).here(WallTime(100s)), WallTime(90s));
}

}  // namespace
}  // namespace doze::core::of_views
