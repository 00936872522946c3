// Days with a snooze, with a program that must not be disturbed, and with both.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/view.hpp"
#include "sim/simulation.hpp"

namespace doze::sim::holds_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::PresenceState;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const Region east("us-east-1");
const core::ResourceId web = core::ec2(east, InstanceId("i-00000000000000001"));
const core::ResourceId api = core::ecs(east, ClusterName("dev"), ServiceName("api"));

class Held : public testing::Test {
   protected:
    Held() {
        sim.add(web, {.desired = 1});
        sim.add(api, {.desired = 3, .min = 2, .max = 6});
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~Held() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
    }

    [[nodiscard]] bool is_asleep(const core::ResourceId& id = web) {
        return sim.cloud.truth(id).phase == Phase::asleep;
    }
    [[nodiscard]] std::string said(core::RequestId order) { return sim.replies().at(order).value().message; }
    [[nodiscard]] std::vector<core::ResourceId> would_sleep() const {
        std::vector<core::ResourceId> ids;
        for (const auto& resource : core::SystemView(sim.state()).would_sleep()) ids.push_back(resource.id());
        return ids;
    }
    void leave() {
        sim.order_leave();
        sim.run_for(0ms);
    }

    Simulation sim{1};
};

TEST_F(Held, ASnoozeKeepsEverythingAwakeAndPresenceGoesItsWay) {
    sim.order_snooze(2h);
    sim.leave_and_stay_away(2h - 1min);
    EXPECT_EQ(sim.state().presence.state(), PresenceState::away);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("nothing is put to sleep while a hold is on")));
}

TEST_F(Held, ASnoozeOfTwoHoursIsNotOneOf119Minutes) {
    const auto snooze = sim.order_snooze(2h - 3ms);  // What is left of it when its request arrives.
    sim.run_for(0ms);
    EXPECT_EQ(sim.replies().at(snooze)->message, "Nothing is put to sleep for 2 h.");
}

TEST_F(Held, AfterTheSnoozeSleepComesWithItsWarning) {
    sim.order_snooze(2h);
    sim.leave_and_stay_away(2h + 4min + 30s);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty()) << "as if the person had left at its end";
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("No hold is on any more; in 5 min")));
    sim.leave_and_stay_away(10min);
    EXPECT_TRUE(is_asleep());
    EXPECT_TRUE(is_asleep(api));
    sim.come_back_and_stay(10min);
    EXPECT_FALSE(is_asleep());
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Held, APersonWhoReturnsInTheWarningFindsEverythingAwake) {
    sim.order_snooze(1h);
    sim.leave_and_stay_away(1h + 3min);
    sim.come_back_and_stay(10min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
}

TEST_F(Held, AwayEndsASnoozeAndSaysSo) {
    sim.order_snooze(2h);
    sim.run_for(1min);
    const auto order = sim.order_leave();
    sim.run_for(1min);
    EXPECT_THAT(said(order), HasSubstr("The snooze is over."));
    sim.run_for(3min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, AwayInTheWarningNeedsNoPatience) {
    sim.order_snooze(1h);
    sim.leave_and_stay_away(1h + 1min);
    leave();
    sim.run_for(2min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, ResumeEndsASnooze) {
    sim.order_snooze(24h);
    sim.leave_and_stay_away(1h);
    const auto order = sim.order_resume();
    sim.run_for(4min);
    EXPECT_EQ(said(order), "The snooze is over.");
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.run_for(5min);
    EXPECT_TRUE(is_asleep());
    const auto again = sim.order_resume();
    sim.run_for(0ms);
    EXPECT_EQ(said(again), "Nothing was snoozed.");
}

TEST_F(Held, WhoIsThereIsNotWarned) {
    sim.order_snooze(2h);
    sim.order_resume();
    sim.run_for(0ms);
    EXPECT_EQ(sim.state().presence.state(), PresenceState::active);
    EXPECT_FALSE(sim.state().holds.is_on()) << "before they are away the countdown warns";
}

TEST_F(Held, AClientHoldsWhileItLivesEvenAgainstAway) {
    const auto hold = sim.order_hold("make");
    sim.run_for(0ms);
    const auto order = sim.order_leave();
    sim.leave_and_stay_away(3h);
    EXPECT_THAT(said(order), HasSubstr("held awake by make"));
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.post(core::HoldReleased{hold});
    sim.run_for(4min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.run_for(5min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, WhatSleepsAlreadyStaysAsleepAndWhatIsOnItsWayArrives) {
    leave();
    while (sim.cloud.truth(web).phase != Phase::falling_asleep) sim.run_for(1s);
    sim.order_snooze(1h);
    sim.run_for(30min);
    EXPECT_TRUE(is_asleep());
    sim.run_for(2h);
    EXPECT_TRUE(is_asleep());
    sim.come_back_and_stay(10min);
    EXPECT_FALSE(is_asleep());
}

TEST_F(Held, ASleepThatAwsRefusedIsNotTriedAgainBeforeTheHoldIsOver) {
    sim.cloud.inject(fakes::Fault::throttled, fakes::CallKind::sleep, web, 1);
    leave();
    while (!sim.state().tracked.at(web).trouble) sim.run_for(100ms);
    sim.order_snooze(1h);
    sim.run_for(50min);
    EXPECT_FALSE(is_asleep());
    EXPECT_FALSE(sim.journal.rows().contains(web)) << "nothing is intended while the hold is on";
    sim.run_for(30min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, WhatWasWokenInAHoldSleepsAfterIt) {
    leave();
    sim.run_for(30min);
    ASSERT_TRUE(is_asleep());
    sim.order_snooze(1h);
    sim.run_for(1min);
    ASSERT_TRUE(sim.cloud.start_by_hand(web));
    sim.run_for(50min);
    EXPECT_FALSE(is_asleep());
    sim.run_for(30min);
    EXPECT_TRUE(is_asleep()) << "as if the person had left at the end of the hold";
    sim.come_back_and_stay(10min);
    EXPECT_FALSE(is_asleep());
}

TEST_F(Held, ASnoozeSurvivesAKillAndAReboot) {
    sim.order_snooze(3h);
    leave();
    sim.order_snooze(3h);
    sim.run_for(1h);
    sim.kill();
    sim.run_for(30min);
    sim.boot();
    sim.run_for(80min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.run_for(30min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, ACrashInAClientsHoldIsFollowedByTheWarningNotByASleep) {
    sim.order_hold("make");
    leave();
    sim.run_for(1h);
    sim.kill();
    sim.boot();
    sim.run_for(4min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.run_for(6min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, ASuspendDoesNotWaitForWhatIsHeld) {
    sim.order_snooze(1h);
    sim.run_for(0ms);
    sim.post(core::SessionChanged{core::SessionEvent::suspending});
    sim.run_for(0ms);
    EXPECT_TRUE(core::SystemView(sim.state()).has_asked_everything());
}

TEST_F(Held, AnOrderOfThePersonIsNoSleepOfDozes) {
    sim.order_snooze(1h);
    sim.run_for(1min);
    sim.order_stop(web);
    sim.run_for(5min);
    EXPECT_TRUE(is_asleep());
}

TEST_F(Held, TellsWhenAndWhatWouldSleep) {
    EXPECT_FALSE(core::SystemView(sim.state()).is_warning());
    sim.type();
    sim.run_for(26min);
    EXPECT_TRUE(core::SystemView(sim.state()).is_warning());
    EXPECT_EQ(core::SystemView(sim.state()).sleep_at(), sim.clock.boot() + 4min);
    EXPECT_THAT(would_sleep(), testing::ElementsAre(web, api));
    sim.order_snooze(1h);
    sim.run_for(0ms);
    EXPECT_EQ(core::SystemView(sim.state()).sleep_at(), sim.clock.boot() + 65min);
    sim.run_for(61min);
    EXPECT_TRUE(core::SystemView(sim.state()).is_warning());
    EXPECT_EQ(core::SystemView(sim.state()).sleep_at(), sim.clock.boot() + 4min);
    sim.run_for(30min);
    EXPECT_FALSE(core::SystemView(sim.state()).is_warning());
    EXPECT_FALSE(core::SystemView(sim.state()).sleep_at());
    EXPECT_THAT(would_sleep(), IsEmpty());
    sim.order_hold("make");
    sim.run_for(0ms);
    EXPECT_FALSE(core::SystemView(sim.state()).sleep_at());
}

}  // namespace
}  // namespace doze::sim::holds_test
