// Hours at the desk and away from it, in seconds, by every kind of sign of life.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/view.hpp"
#include "sim/simulation.hpp"

namespace doze::sim::presence_test {
namespace {

using namespace std::chrono_literals;
using core::ActivityKind;
using core::Phase;
using core::PresenceState;
using core::SessionEvent;
using testing::IsEmpty;

const core::ResourceId web = core::ec2(Region("us-east-1"), InstanceId("i-00000000000000001"));

class PresenceDay : public testing::Test {
   protected:
    PresenceDay() {
        sim.add(web, {.desired = 1});
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~PresenceDay() override { EXPECT_THAT(sim.violations(), IsEmpty()); }

    void source(const std::string& name, ActivityKind kind, core::SourceState state = core::SourceState::running) {
        sim.post(core::SourceChanged{{.name = name, .kind = kind, .state = state}});
    }
    void signal(ActivityKind kind, bool ongoing = false) {
        sim.post(core::ActivitySeen{{.kind = kind, .at = sim.clock.boot(), .ongoing = ongoing}});
    }
    void session(SessionEvent event) {
        sim.post(core::SessionChanged{event});
        sim.run_for(0ms);
    }

    [[nodiscard]] bool is_awake() { return sim.cloud.truth(web).phase == Phase::awake; }
    [[nodiscard]] PresenceState presence() const { return sim.state().presence.state(); }

    Simulation sim{1};
};

TEST_F(PresenceDay, AFilmAllEveningKeepsTheCloudAwakeForTwoHoursOfIt) {
    source("pulse", ActivityKind::audio);
    source("x11-screen", ActivityKind::screen);
    sim.type();
    signal(ActivityKind::audio, true);
    for (int minute = 0; minute < 140; ++minute) {
        signal(ActivityKind::screen);
        sim.run_for(1min);
    }
    EXPECT_TRUE(is_awake());
    for (int minute = 0; minute < 20; ++minute) {
        signal(ActivityKind::screen);
        sim.run_for(1min);
    }
    EXPECT_FALSE(is_awake());
}

TEST_F(PresenceDay, ADashboardThatRedrawsAllWeekendKeepsNothingAwake) {
    source("x11-screen", ActivityKind::screen);
    sim.type();
    for (int minute = 0; minute < 2 * 24 * 60; ++minute) {
        signal(ActivityKind::screen);
        sim.run_for(1min);
    }
    EXPECT_FALSE(is_awake());
    EXPECT_EQ(sim.cloud.calls().size(), 1) << "it slept once, and nothing woke it";
}

TEST_F(PresenceDay, ACallWithoutTouchingAnythingKeepsTheCloudAwake) {
    sim.type();
    sim.post(core::InhibitionChanged{"inhibitors", true});
    sim.run_for(100min);
    EXPECT_TRUE(is_awake());
    EXPECT_EQ(presence(), PresenceState::active);
    sim.post(core::InhibitionChanged{"inhibitors", false});
    sim.run_for(35min);
    EXPECT_FALSE(is_awake());
}

TEST_F(PresenceDay, ALockedScreenLetsTheCloudSleepAfterItsGrace) {
    sim.type();
    session(SessionEvent::locked);
    sim.run_for(4min);
    EXPECT_TRUE(is_awake());
    sim.run_for(4min);
    EXPECT_FALSE(is_awake());
    session(SessionEvent::unlocked);
    sim.run_for(5min);
    EXPECT_TRUE(is_awake());
}

TEST_F(PresenceDay, SwitchingTheScreenLockOnAndOffQuicklySurprisesNobody) {
    for (int times = 0; times < 20; ++times) {
        session(SessionEvent::locked);
        sim.run_for(1min);
        session(SessionEvent::unlocked);
        sim.run_for(1min);
    }
    EXPECT_TRUE(is_awake());
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
}

TEST_F(PresenceDay, ALaptopThatIsClosedForTheNightSleepsWithItsCloud) {
    sim.type();
    EXPECT_TRUE(core::SystemView(sim.state()).has_asked_everything());
    session(SessionEvent::suspending);
    EXPECT_FALSE(core::SystemView(sim.state()).has_asked_everything()) << "the suspend must wait for the calls";
    for (int tenths = 0; tenths < 50 && !core::SystemView(sim.state()).has_asked_everything(); ++tenths)
        sim.run_for(100ms);
    EXPECT_TRUE(core::SystemView(sim.state()).has_asked_everything());
    EXPECT_EQ(sim.cloud.calls().size(), 1);

    sim.clock.advance(9h);
    session(SessionEvent::resumed);
    sim.run_for(10min);
    EXPECT_FALSE(is_awake()) << "a laptop that wakes itself at night brings nobody back";
    sim.type();
    sim.run_for(5min);
    EXPECT_TRUE(is_awake());
}

TEST_F(PresenceDay, ASuspendIsNotHeldUpByWhatCannotSleep) {
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::sleep, web, fakes::SimulatedCloud::always);
    session(SessionEvent::suspending);
    for (int tenths = 0; tenths < 50 && !core::SystemView(sim.state()).has_asked_everything(); ++tenths)
        sim.run_for(100ms);
    EXPECT_TRUE(core::SystemView(sim.state()).has_asked_everything());
}

TEST_F(PresenceDay, ACatOnTheKeyboardIsAPerson) {
    sim.run_for(2h);
    EXPECT_FALSE(is_awake());
    signal(ActivityKind::keyboard, true);
    sim.run_for(3h);
    EXPECT_TRUE(is_awake());
    EXPECT_EQ(presence(), PresenceState::active);
}

TEST_F(PresenceDay, AClockThatIsSetChangesNothing) {
    sim.type();
    sim.run_for(20min);
    sim.clock.set_wall(sim.clock.wall() + 24h * 365);
    sim.run_for(9min);
    EXPECT_TRUE(is_awake());
    EXPECT_EQ(presence(), PresenceState::idle);
    sim.clock.set_wall(sim.clock.wall() - 24h * 3650);
    sim.run_for(10min);
    EXPECT_EQ(presence(), PresenceState::away);
    sim.type();
    sim.run_for(0ms);
    EXPECT_EQ(presence(), PresenceState::active);
}

TEST_F(PresenceDay, CountsRightAfterTwoHundredDaysWithoutARestart) {
    sim.clock.advance(24h * 200);
    sim.type();
    sim.run_for(29min);
    EXPECT_EQ(presence(), PresenceState::idle);
    sim.run_for(2min);
    EXPECT_EQ(presence(), PresenceState::away);
    sim.type();
    sim.run_for(10min);
    EXPECT_TRUE(is_awake());
}

TEST_F(PresenceDay, ADesktopThatGoesAwayAndComesBackSurprisesNobody) {
    source("mutter-idle", ActivityKind::input, core::SourceState::running);
    sim.see(false);
    source("mutter-idle", ActivityKind::input, core::SourceState::unavailable);
    sim.run_for(3h);
    EXPECT_EQ(presence(), PresenceState::unknown);
    EXPECT_TRUE(is_awake());
    sim.see(true);
    sim.run_for(4min);
    EXPECT_TRUE(is_awake()) << "sight regained gives the whole warning time";
    sim.run_for(5min);
    EXPECT_FALSE(is_awake());
}

TEST_F(PresenceDay, OneSourceThatEndsDoesNotEndAnother) {
    source("wayland-idle", ActivityKind::input);
    sim.post(core::ActivitySeen{
        {.kind = ActivityKind::input, .at = sim.clock.boot(), .ongoing = true, .source = "wayland-idle"}});
    sim.post(core::ActivitySeen{{.kind = ActivityKind::input, .at = sim.clock.boot(), .source = "terminals"}});
    source("terminals", ActivityKind::input, core::SourceState::unavailable);
    sim.run_for(2h);
    EXPECT_TRUE(is_awake());
}

}  // namespace
}  // namespace doze::sim::presence_test
