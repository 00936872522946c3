#include <gtest/gtest.h>

#include "adapters/activity/dbus/logind_session.hpp"

namespace doze::activity {
namespace {

using core::SessionEvent;

constexpr LockCauses::News nothing{};
constexpr LockCauses::News locked{.event = SessionEvent::locked};
constexpr LockCauses::News unlocked{.event = SessionEvent::unlocked};
constexpr LockCauses::News still_locked_but_somebody_came{.event = {}, .is_person = true};

TEST(LockCauses, LockWithTheFirstAndUnlockWithTheLast) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::hint, true), locked);
    EXPECT_EQ(causes.set(LockCause::lid, true), nothing);
    EXPECT_EQ(causes.set(LockCause::hint, false), nothing);
    EXPECT_EQ(causes.set(LockCause::lid, false), unlocked);
}

TEST(LockCauses, SayNothingOfWhatDidNotChange) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::hint, false), nothing);
    EXPECT_EQ(causes.set(LockCause::inactive, false), nothing);
    EXPECT_EQ(causes.set(LockCause::hint, true), locked);
    EXPECT_EQ(causes.set(LockCause::hint, true), nothing);
}

TEST(LockCauses, TakeAScreensaverForALock) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::screensaver, true), locked);
    EXPECT_EQ(causes.set(LockCause::screensaver, false), unlocked);
}

TEST(LockCauses, BelieveOnlyTheHintOnceItIsKept) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::screensaver, true), locked);
    EXPECT_EQ(causes.set(LockCause::hint, true), nothing);
    EXPECT_EQ(causes.set(LockCause::hint, false), unlocked);
    EXPECT_EQ(causes.set(LockCause::screensaver, false), nothing);
    EXPECT_EQ(causes.set(LockCause::screensaver, true), nothing);
}

TEST(LockCauses, TakeABlankScreenForNoLockWhereLogindTells) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::hint, false), nothing);
    EXPECT_EQ(causes.set(LockCause::screensaver, true), nothing);
    EXPECT_EQ(causes.text(), "");
    EXPECT_EQ(causes.set(LockCause::screensaver, false), nothing);
}

TEST(LockCauses, ForgetAScreensaversLockOnceLogindTells) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::screensaver, true), locked);
    // Nobody has unlocked anything, so nobody is there.
    EXPECT_EQ(causes.set(LockCause::hint, false), LockCauses::News{.event = SessionEvent::lock_forgotten});
}

TEST(LockCauses, SayWhy) {
    LockCauses causes;
    causes.set(LockCause::hint, true);
    causes.set(LockCause::lid, true);
    EXPECT_EQ(causes.text(), "logind says that the session is locked (LockedHint). The lid is closed.");
}

TEST(LockCauses, SeeAPersonInAnOpenedLidThoughTheScreenIsLocked) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::lid, true), locked);
    EXPECT_EQ(causes.set(LockCause::hint, true), nothing);
    EXPECT_EQ(causes.set(LockCause::lid, false), still_locked_but_somebody_came);
    EXPECT_EQ(causes.set(LockCause::hint, false), unlocked);
}

TEST(LockCauses, SeeAPersonWhoSwitchesBackToALockedSession) {
    LockCauses causes;
    EXPECT_EQ(causes.set(LockCause::inactive, true), locked);
    EXPECT_EQ(causes.set(LockCause::hint, true), nothing);
    EXPECT_EQ(causes.set(LockCause::inactive, false), still_locked_but_somebody_came);
}

}  // namespace
}  // namespace doze::activity
