// What a step answers to the person, and what it tells of what it found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/core/one_engine.hpp"

namespace doze::core::of_steps {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Engine : public testing::Test, protected OneEngine {};

using Leaving = Engine;

TEST_F(Leaving, IsAnsweredAndTold) {
    begin();
    EXPECT_THAT(step(LeaveRequested{7}), ElementsAre("info: Told that you leave.", "reply 7: You are away from now on.",
                                                     "presence away", "info: You are away."));
}

TEST_F(Leaving, EndsASnoozeAndNoOtherHold) {
    begin();
    (void)step(SnoozeRequested{1, now.boot + 1h});
    EXPECT_THAT(step(LeaveRequested{7}), Contains("reply 7: You are away from now on. The snooze is over."));
    EXPECT_FALSE(state.holds.is_on());
    type();
    (void)step(HoldRequested{2, "a build"});
    EXPECT_THAT(step(LeaveRequested{7}),
                Contains("reply 7: You are away from now on. Nothing is put to sleep yet: held awake by a build."));
    (void)step(HoldRequested{3, "a test"});
    (void)step(HoldRequested{4, "a test"});
    EXPECT_THAT(step(LeaveRequested{7}), Contains(HasSubstr("held awake by a build, and 2 more.")));
}

TEST_F(Leaving, WhereNothingIsSeenNeedsAWordToReturn) {
    (void)step(Configured{settings, registrations});
    EXPECT_THAT(step(LeaveRequested{7}),
                Contains("reply 7: You are away from now on. No keyboard or pointer can be seen here: say `doze back` "
                         "when you return."));
}

TEST_F(Leaving, EndsWhatAPersonAskedToBeAwake) {
    registrations = {Registration{.id = instance()}};
    state = core::start(
        {{.id = instance(), .sleep_state = SleepState::left_awake, .snapshot = {.desired = 1}, .requested = true}},
        std::nullopt, now);
    begin();
    const auto& record = state.tracked.at(instance());
    ASSERT_EQ(state.presence.state(), PresenceState::active);
    EXPECT_TRUE(record.requested_awake) << "over a restart too";
    (void)step(LeaveRequested{7});
    EXPECT_FALSE(record.requested_awake);
    EXPECT_FALSE(record.entry && record.entry->requested) << "nor does the row say so";
}

using Snoozing = Engine;

TEST_F(Snoozing, IsToldWithItsLength) {
    begin();
    now.boot += 3ms;
    EXPECT_THAT(step(SnoozeRequested{7, now.boot + 2h - 3ms}),
                ElementsAre("info: Snoozed: Nothing is put to sleep for 2 h.",
                            "reply 7: Nothing is put to sleep for 2 h.", HasSubstr("holds none snoozed")));
}

TEST_F(Snoozing, WakesNothing) {
    begin();
    (void)step(LeaveRequested{1});
    EXPECT_THAT(step(SnoozeRequested{7, now.boot + 1h}),
                Contains("reply 7: Nothing is put to sleep for 60 min. What sleeps already stays asleep until you are "
                         "back."));
}

TEST_F(Snoozing, IsOverWhenThePersonSaysSo) {
    begin();
    EXPECT_THAT(step(ResumeRequested{6}),
                ElementsAre("info: Told to resume: Nothing was snoozed.", "reply 6: Nothing was snoozed."));
    (void)step(SnoozeRequested{1, now.boot + 1h});
    (void)step(HoldRequested{2, "a build"});
    EXPECT_THAT(
        step(ResumeRequested{7}),
        ElementsAre("info: Told to resume: The snooze is over.",
                    "reply 7: The snooze is over. Nothing is put to sleep yet: held awake by a build.", "holds held"));
}

TEST_F(Snoozing, IsFollowedByAWarningWhereNobodyIsThere) {
    begin();
    (void)step(LeaveRequested{1});
    (void)step(SnoozeRequested{2, now.boot + 1h});
    EXPECT_THAT(after(1h),
                Contains("info: No hold is on any more; in 5 min everything registered is put to sleep unless you "
                         "return."));
    EXPECT_THAT(after(1min), Not(Contains(HasSubstr("No hold is on any more")))) << "once";
    (void)step(SnoozeRequested{2, now.boot + 1h});
    EXPECT_THAT(after(1h), Contains(HasSubstr("No hold is on any more"))) << "after each hold";
}

using Holding = Engine;

TEST_F(Holding, IsToldAtBothEnds) {
    begin();
    EXPECT_THAT(step(HoldRequested{7, "a build"}),
                ElementsAre("info: Held awake: a build.",
                            "reply 7: Nothing is put to sleep until this connection ends.", "holds held"));
    EXPECT_THAT(step(HoldReleased{8}), IsEmpty()) << "nobody's";
    EXPECT_THAT(step(HoldReleased{7}), ElementsAre("info: No longer held awake: a build.", "holds none"));
    EXPECT_THAT(step(HoldReleased{7}), IsEmpty());
}

TEST_F(Holding, IsToldToWhoLeavesBySilence) {
    begin();
    (void)step(HoldRequested{7, "a build"});
    (void)after(25min);
    EXPECT_THAT(after(5min), Contains("info: You are away, but nothing is put to sleep while a hold is on."));
    EXPECT_THAT(after(1min), IsEmpty()) << "once";
}

using Sources = Engine;

TEST_F(Sources, AreToldWhenTheyChange) {
    begin();
    const auto is = [&](SourceState it, const std::string& detail = "") {
        return step(SourceChanged{{.name = "screen", .kind = ActivityKind::screen, .state = it, .detail = detail}});
    };
    EXPECT_THAT(is(SourceState::starting), IsEmpty());
    EXPECT_THAT(is(SourceState::standby), IsEmpty());
    EXPECT_THAT(is(SourceState::unavailable, "No display."),
                ElementsAre("info: Source screen is unavailable. No display."))
        << "it never ran";
    EXPECT_THAT(is(SourceState::unavailable, "No display."), IsEmpty()) << "once";
    EXPECT_THAT(is(SourceState::running), ElementsAre("info: Source screen is running."));
    EXPECT_THAT(is(SourceState::unavailable, "No display."),
                ElementsAre("warning: Source screen is unavailable. No display."));
}

TEST_F(Sources, OfInputThatAllEndLeaveDozeBlind) {
    begin();
    EXPECT_THAT(step(SourceChanged{keyboard(SourceState::unavailable)}),
                ElementsAre("warning: Source keyboard is unavailable.",
                            "error: doze is blind: it sees neither keyboard nor pointer, so it puts nothing to sleep. "
                            "See the sources above."));
    EXPECT_THAT(after(1min), IsEmpty()) << "once";
    EXPECT_THAT(step(SourceChanged{keyboard()}),
                ElementsAre("info: Source keyboard is running.", "info: doze can see again whether you are there."));
}

TEST_F(Sources, ThatMayNotSeeThePersonSayWhere) {
    begin();
    auto hiding = keyboard();
    hiding.name = "sessions";
    hiding.hides = true;
    hiding.detail = "You may be in another session.";
    EXPECT_THAT(step(SourceChanged{hiding}),
                Contains("error: doze is blind: You may be in another session. So it puts nothing to sleep."));
}

TEST_F(Sources, ThatAreStillStartingLeaveNobodyBlind) {
    (void)step(Configured{settings, registrations});
    EXPECT_THAT(step(SourceChanged{keyboard(SourceState::starting)}), IsEmpty());
}

using PresenceIsTold = Engine;

TEST_F(PresenceIsTold, FromStateToState) {
    begin();
    EXPECT_THAT(after(25min), ElementsAre("presence idle", "info: You are idle; away in 5 min unless you return."));
    EXPECT_THAT(after(1min), IsEmpty());
    EXPECT_THAT(step(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot}}),
                ElementsAre("presence active", "info: You are active."));
    (void)after(25min);
    EXPECT_THAT(after(5min), ElementsAre("presence away", "info: You are away."));
    pass(1h);
    EXPECT_THAT(step(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot}}),
                ElementsAre("presence active", "info: You are back."));
}

TEST_F(PresenceIsTold, AfterARestartToo) {
    state = core::start({}, PresenceRecord{.state = PresenceState::away, .since = now.wall - 1h}, now);
    EXPECT_THAT(step(Configured{settings, registrations}), ElementsAre("presence away", "info: You are still away."));
}

TEST_F(PresenceIsTold, WithWhatTheSleepDoesNotKeep) {
    const Losses losses{.public_address = "54.1.2.3"};
    const auto lost = to_string(losses);
    for (const auto* name : {"i-1", "i-2", "i-3", "i-4", "i-5", "i-6"})
        registrations.push_back(Registration{.id = instance(name)});
    begin();
    for (const auto* name : {"i-1", "i-2", "i-3"})
        (void)step(Described{instance(name), seen(Phase::awake, losses, instance(name))});
    (void)step(Described{instance("i-4"), seen(Phase::awake, {}, instance("i-4"))});
    EXPECT_THAT(after(25min), Contains("info: You are idle; away in 5 min unless you return. Not kept by the sleep: "
                                       "ec2:us-east-1:i-1: " +
                                       lost + " ec2:us-east-1:i-2: " + lost + " ec2:us-east-1:i-3: " + lost));
    for (const auto* name : {"i-5", "i-6"})
        (void)step(Described{instance(name), seen(Phase::awake, losses, instance(name))});
    type();
    EXPECT_THAT(after(25min), Contains(HasSubstr("i-3: " + lost + " And 2 more.")));
}

TEST_F(PresenceIsTold, WhereALockIsNotBelieved) {
    begin();
    (void)step(SessionChanged{SessionEvent::locked, "logind"});
    for (int minute = 0; minute < 6; ++minute) {
        pass(1min);
        const auto told = step(ActivitySeen{{.kind = ActivityKind::keyboard, .at = now.boot}});
        if (minute == 5)
            EXPECT_THAT(told, Contains(HasSubstr("warning: Somebody types although the session is said to be locked")));
        else
            EXPECT_THAT(told, Not(Contains(HasSubstr("warning"))));
    }
}

}  // namespace
}  // namespace doze::core::of_steps
