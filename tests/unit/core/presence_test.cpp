#include "core/presence/presence.hpp"

#include <gtest/gtest.h>

namespace doze::core {
namespace {

using namespace std::chrono_literals;

/// A person with a keyboard, on a clock that moves only when told.
class PresenceTest : public testing::Test {
   protected:
    PresenceTest() { source(SourceState::running); }

    void source(SourceState state, ActivityKind kind = ActivityKind::keyboard) {
        presence.on_source({.name = std::string(to_string(kind)), .kind = kind, .state = state}, now);
    }
    void signal(ActivityKind kind, bool ongoing = false) {
        presence.on_signal({.kind = kind, .at = now, .ongoing = ongoing, .source = std::string(to_string(kind))}, now);
    }
    void type() { signal(ActivityKind::keyboard); }
    void session(SessionEvent event) { presence.on_session(event, now); }

    /// Moves on, stopping at every deadline as the driver does.
    void pass(Duration span) {
        const auto until = now + span;
        while (true) {
            const auto next = presence.next_deadline();
            if (!next || *next > until) break;
            now = std::max(now, *next);
            presence.advance(now);
            ASSERT_NE(presence.next_deadline(), next) << "a deadline that does nothing would spin";
        }
        now = until;
        presence.advance(now);
    }

    [[nodiscard]] PresenceState state() const { return presence.state(); }

    static constexpr TimePoint start{1h};
    static constexpr WallTime wall{std::chrono::sys_days(std::chrono::year(2026) / 1 / 5)};
    TimePoint now = start;
    Presence presence{PresenceSettings{}, std::nullopt, {start, wall}};
};

TEST_F(PresenceTest, BecomesIdleAtTheWarningAndAwayAtTheTimeout) {
    pass(25min - 1ms);
    EXPECT_EQ(state(), PresenceState::active);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(5min - 1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_EQ(presence.since(), start + 30min);
}

TEST_F(PresenceTest, AnyKeyStartsTheCountAnew) {
    pass(29min);
    type();
    EXPECT_EQ(state(), PresenceState::active);
    pass(29min);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, TheWarningIsAtMostHalfOfAShortTimeout) {
    presence.configure({.inactivity_timeout = 6s}, now);
    type();
    pass(2999ms);
    EXPECT_EQ(state(), PresenceState::active);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(3s);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, TypingThatGoesOnNeedsNoFurtherSignal) {
    signal(ActivityKind::keyboard, true);
    pass(10h);
    EXPECT_EQ(state(), PresenceState::active);
    presence.on_signal({.kind = ActivityKind::keyboard, .at = now - 2s, .ongoing = false, .source = "keyboard"}, now);
    pass(30min - 2s);
    EXPECT_EQ(state(), PresenceState::away) << "the count begins at the last key, not at its report";
}

TEST_F(PresenceTest, AFilmCountsForTwoHoursOnly) {
    type();
    signal(ActivityKind::audio, true);
    pass(2h + 29min);
    EXPECT_NE(state(), PresenceState::away);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, ADashboardThatRedrawsCountsForTwoHoursOnly) {
    type();
    for (int i = 0; i < 148; ++i) {
        signal(ActivityKind::screen);
        pass(1min);
    }
    EXPECT_NE(state(), PresenceState::away);
    signal(ActivityKind::screen);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, ACallWithoutTouchingAnythingKeepsThePersonHereForTwoHours) {
    presence.on_inhibited("inhibitors", true, now);
    EXPECT_EQ(presence.inhibited_until(), start + 120min);
    pass(149min);
    EXPECT_NE(state(), PresenceState::away);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_EQ(presence.inhibited_until(), std::nullopt);
}

TEST_F(PresenceTest, TheEndOfACallStartsTheCount) {
    presence.on_inhibited("inhibitors", true, now);
    pass(60min);
    presence.on_inhibited("inhibitors", false, now);
    pass(29min);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, ALockedScreenIsStrongerThanAnInhibitor) {
    presence.on_inhibited("inhibitors", true, now);
    session(SessionEvent::locked);
    EXPECT_EQ(presence.inhibited_until(), std::nullopt);
    pass(5min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, AnInhibitorGoesWithTheSourceThatToldOfIt) {
    presence.on_source({.name = "inhibitors", .kind = ActivityKind::session, .state = SourceState::running}, now);
    presence.on_inhibited("inhibitors", true, now);
    presence.on_source({.name = "inhibitors", .kind = ActivityKind::session, .state = SourceState::unavailable}, now);
    pass(30min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, OnlyASourceOfAllInputTellsAbsence) {
    source(SourceState::unavailable);
    source(SourceState::running, ActivityKind::session);
    presence.on_source(
        {.name = "gamepad", .kind = ActivityKind::input, .state = SourceState::running, .detail = {}, .partial = true},
        now);
    EXPECT_EQ(state(), PresenceState::unknown);
    presence.on_source({.name = "wayland-idle", .kind = ActivityKind::input, .state = SourceState::running}, now);
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, NothingPassiveEndsAnAbsence) {
    pass(30min);
    for (const auto kind : {ActivityKind::screen, ActivityKind::audio, ActivityKind::window}) {
        signal(kind, true);
        signal(kind);
        EXPECT_EQ(state(), PresenceState::away);
    }
    for (const auto kind : {ActivityKind::keyboard, ActivityKind::pointer, ActivityKind::session}) {
        signal(kind);
        EXPECT_EQ(state(), PresenceState::active);
        pass(30min);
        EXPECT_EQ(state(), PresenceState::away);
    }
}

TEST_F(PresenceTest, ALockStartsTheCountAtOnceAndShortensIt) {
    signal(ActivityKind::audio, true);
    session(SessionEvent::locked);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(5min - 1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::away);
    session(SessionEvent::unlocked);
    EXPECT_EQ(state(), PresenceState::active);
    signal(ActivityKind::audio);
    pass(30min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, ALockNeverLengthensTheCount) {
    pass(28min);
    session(SessionEvent::locked);
    pass(2min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, AKeyAtTheLockScreenProlongsTheGrace) {
    session(SessionEvent::locked);
    pass(4min);
    type();
    pass(4min);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, SuspendIsAwayAtOnceAndResumeBringsNobodyBack) {
    session(SessionEvent::suspending);
    EXPECT_EQ(state(), PresenceState::away);
    pass(8h);
    session(SessionEvent::resumed);
    EXPECT_EQ(state(), PresenceState::away);
    type();
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, ABurstThatASuspendCutShortBringsNobodyBack) {
    signal(ActivityKind::keyboard, true);
    session(SessionEvent::suspending);
    pass(8h);
    session(SessionEvent::resumed);
    pass(2s);
    // The X server's own clock stood still, so it reports the end of the burst of last evening now.
    presence.on_signal({.kind = ActivityKind::keyboard, .at = now - 2s, .ongoing = false, .source = "keyboard"}, now);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, ANightThatPassedUnseenIsAnAbsence) {
    now += 8h;  // Nobody called at any deadline: the machine was off.
    presence.advance(now);
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_EQ(presence.since(), start + 30min);
}

TEST_F(PresenceTest, LeavingIsNotUndoneByTheKeyThatOrderedIt) {
    signal(ActivityKind::keyboard, true);
    presence.on_leave(now);
    pass(100ms);
    signal(ActivityKind::keyboard);
    EXPECT_EQ(state(), PresenceState::away);
    pass(1min);
    type();
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, WhoSaysThatTheyAreBackIsHeardAtOnce) {
    presence.on_leave(now);
    signal(ActivityKind::session);
    EXPECT_EQ(state(), PresenceState::active) << "in the very same moment";
    pass(1min);
    presence.on_leave(now);
    pass(1s);
    presence.on_signal({.kind = ActivityKind::session, .at = now - 2s}, now);
    EXPECT_EQ(state(), PresenceState::active) << "noticed before, said after the leaving";
}

TEST_F(PresenceTest, AnUnlockIsHeardRightAfterLeaving) {
    presence.on_session(SessionEvent::locked, now);
    presence.on_leave(now);
    pass(1s);
    presence.on_session(SessionEvent::unlocked, now);
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, SomebodyWhoTypesOnAfterLeavingHasNotLeft) {
    signal(ActivityKind::keyboard, true);
    presence.on_leave(now);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, IsUnknownWithoutAPhysicalSource) {
    source(SourceState::unavailable);
    EXPECT_EQ(state(), PresenceState::unknown);
    source(SourceState::running, ActivityKind::audio);
    EXPECT_EQ(state(), PresenceState::unknown) << "sound alone tells nothing of a person";
    pass(10h);
    EXPECT_EQ(state(), PresenceState::unknown);
    EXPECT_FALSE(presence.is_away());
}

TEST_F(PresenceTest, SightRegainedGivesTheWholeWarningTime) {
    source(SourceState::unavailable);
    pass(10h);
    source(SourceState::running);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(5min - 1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, AnAbsenceOutlastsBlindness) {
    pass(30min);
    source(SourceState::unavailable);
    EXPECT_EQ(state(), PresenceState::unknown);
    EXPECT_TRUE(presence.is_away());
    source(SourceState::running);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, OneMayLeaveWithoutBeingSeen) {
    source(SourceState::unavailable);
    presence.on_leave(now);
    EXPECT_EQ(state(), PresenceState::away);
    pass(1h);
    signal(ActivityKind::session);
    EXPECT_EQ(state(), PresenceState::unknown);
    EXPECT_FALSE(presence.is_away());
}

TEST_F(PresenceTest, ALostSourceEndsItsOngoingSignal) {
    source(SourceState::running, ActivityKind::pointer);
    signal(ActivityKind::keyboard, true);
    source(SourceState::unavailable);
    pass(30min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, AShorterTimeoutSendsNobodyAwayUnwarned) {
    pass(20min);
    presence.configure({.inactivity_timeout = 10min}, now);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(5min - 1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::away);
}

class Restart : public PresenceTest {
   protected:
    void restart(PresenceState before, Duration ago) {
        presence = Presence({}, PresenceRecord{before, wall - ago}, {now, wall});
        source(SourceState::running);
    }
};

TEST_F(Restart, AwayStaysAwayUntilAPhysicalSignal) {
    restart(PresenceState::away, 10h);
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_EQ(presence.since(), now - 10h);
    presence.on_signal({.kind = ActivityKind::keyboard, .at = now - 11h}, now);
    EXPECT_EQ(state(), PresenceState::away) << "input from before the absence is no return";
    presence.on_signal({.kind = ActivityKind::keyboard, .at = now - 1min}, now);
    EXPECT_EQ(state(), PresenceState::active) << "input that nobody listened to is";
}

TEST_F(Restart, IdleGetsTheWholeWarningTimeAgain) {
    restart(PresenceState::idle, 20h);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(5min - 1ms);
    EXPECT_EQ(state(), PresenceState::idle);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(Restart, ActiveStartsTheCountAnew) {
    restart(PresenceState::active, 20h);
    EXPECT_EQ(state(), PresenceState::active);
    pass(25min);
    EXPECT_EQ(state(), PresenceState::idle);
}

TEST_F(Restart, ARecordFromTheFutureIsTakenForNow) {
    restart(PresenceState::away, -10h);
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_EQ(presence.since(), now);
}

/// Frozen for longer than the timeout: what was typed meanwhile is read in a moment.
TEST_F(PresenceTest, ConcludesNothingWhileItListens) {
    pass(24min);
    now += 10min;
    presence.listen_until(now + 500ms);
    presence.advance(now);
    EXPECT_EQ(state(), PresenceState::active) << "neither away nor warned";
    EXPECT_EQ(presence.next_deadline(), now + 500ms);
    presence.on_signal({.kind = ActivityKind::keyboard, .at = now - 1min}, now);
    pass(1min);
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, IsAwayOnceItHasListenedInVain) {
    pass(24min);
    now += 10min;
    presence.listen_until(now + 500ms);
    pass(499ms);
    EXPECT_EQ(state(), PresenceState::active);
    EXPECT_EQ(presence.away_at(), now + 1ms);
    pass(1ms);
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_EQ(presence.since(), start + 30min) << "what it concludes is what was so";
}

TEST_F(PresenceTest, OnlyTheLastOfSeveralLocksUnlocks) {
    presence.on_session(SessionEvent::locked, now, "logind-session");
    presence.on_session(SessionEvent::locked, now, "x11-saver");
    presence.on_session(SessionEvent::unlocked, now, "x11-saver");
    EXPECT_TRUE(presence.is_locked());
    presence.on_session(SessionEvent::unlocked, now, "logind-session");
    EXPECT_FALSE(presence.is_locked());
}

TEST_F(PresenceTest, AForgottenLockIsNoSignOfLife) {
    session(SessionEvent::locked);
    pass(10min);
    ASSERT_EQ(state(), PresenceState::away);
    session(SessionEvent::lock_forgotten);
    EXPECT_FALSE(presence.is_locked());
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, WhoeverTellsAnewHasForgottenItsLock) {
    presence.on_session(SessionEvent::locked, now, "logind-session");
    presence.on_source({.name = "logind-session", .kind = ActivityKind::session, .state = SourceState::starting}, now);
    EXPECT_FALSE(presence.is_locked());
}

/// A screen locker that died leaves LockedHint behind.
TEST_F(PresenceTest, ALockUnderWhichSomebodyTypesForLongIsNone) {
    session(SessionEvent::locked);
    for (int i = 0; i < 5; ++i) {
        type();
        EXPECT_TRUE(presence.is_locked()) << i;
        pass(1min);
    }
    type();
    EXPECT_FALSE(presence.is_locked());
    EXPECT_TRUE(presence.is_lock_doubted());
    pass(20min);
    EXPECT_NE(state(), PresenceState::away) << "the short grace is over, too";
    session(SessionEvent::unlocked);
    session(SessionEvent::locked);
    EXPECT_TRUE(presence.is_locked()) << "a new lock is believed";
}

TEST_F(PresenceTest, TypingThePasswordDoubtsNoLock) {
    presence.configure({.lock_grace = 0s}, now);
    session(SessionEvent::locked);
    type();
    pass(10s);
    type();
    EXPECT_TRUE(presence.is_locked());
    EXPECT_FALSE(presence.is_lock_doubted());
}

TEST_F(PresenceTest, WhatAScreensaverDrawsIsNoLife) {
    session(SessionEvent::covered);
    for (int i = 0; i < 30; ++i) {
        signal(ActivityKind::screen);
        pass(1min);
    }
    EXPECT_EQ(state(), PresenceState::away);
    EXPECT_FALSE(presence.is_locked());
}

TEST_F(PresenceTest, SoundCountsUnderAScreensaverAndDrawingAfterIt) {
    session(SessionEvent::covered);
    pass(20min);
    signal(ActivityKind::audio);
    pass(20min);
    EXPECT_EQ(state(), PresenceState::active);
    session(SessionEvent::uncovered);
    signal(ActivityKind::screen);
    pass(20min);
    EXPECT_EQ(state(), PresenceState::active);
}

TEST_F(PresenceTest, WhatGoesOnInAnotherSessionEndsWithItsSource) {
    const core::SourceStatus running{
        .name = "other-sessions", .kind = ActivityKind::input, .state = SourceState::running, .partial = true};
    presence.on_source(running, now);
    presence.on_signal({.kind = ActivityKind::input, .at = now, .ongoing = true, .source = "other-sessions :1"}, now);
    pass(1h);
    EXPECT_EQ(state(), PresenceState::active);
    presence.on_source({.name = "other-sessions", .kind = ActivityKind::input, .state = SourceState::standby}, now);
    pass(30min);
    EXPECT_EQ(state(), PresenceState::away);
}

TEST_F(PresenceTest, WhereThePersonMayBeOutOfSightNobodyIsAway) {
    presence.on_source({.name = "other-sessions",
                        .kind = ActivityKind::input,
                        .state = SourceState::unavailable,
                        .detail = "Another X server of yours refuses doze.",
                        .hides = true},
                       now);
    EXPECT_EQ(state(), PresenceState::unknown);
    pass(2h);
    EXPECT_EQ(state(), PresenceState::unknown);
    presence.on_source({.name = "other-sessions", .kind = ActivityKind::input, .state = SourceState::standby}, now);
    EXPECT_EQ(state(), PresenceState::idle) << "and gets the whole warning";
    pass(5min);
    EXPECT_EQ(state(), PresenceState::away);
}

}  // namespace
}  // namespace doze::core
