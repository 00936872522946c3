// Days of a user, played against the simulated AWS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::day_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::Size;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const Region east("us-east-1");
const core::ResourceId web = core::ec2(east, InstanceId("i-00000000000000001"));
const core::ResourceId batch = core::ec2(east, InstanceId("i-00000000000000002"));
const core::ResourceId api = core::ecs(east, ClusterName("dev"), ServiceName("api"));
const core::ResourceId nodes = core::eks(east, ClusterName("dev"), NodegroupName("nodes"));
const Size nodes_size{.desired = 2, .min = 1, .max = 4};
const Size nodes_asleep{.desired = 0, .min = 0, .max = 4};

class Day : public testing::Test {
   protected:
    Day() {
        sim.add(web, {.desired = 1});
        sim.add(batch, {.desired = 0});
        sim.add(api, {.desired = 3});
        sim.add(nodes, nodes_size);
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~Day() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
    }

    [[nodiscard]] Phase phase(const core::ResourceId& id) { return sim.cloud.truth(id).phase; }
    [[nodiscard]] Size size(const core::ResourceId& id) { return sim.cloud.truth(id).size; }
    void expect_as_it_was() {
        EXPECT_EQ(phase(web), Phase::awake);
        EXPECT_EQ(phase(batch), Phase::asleep);
        EXPECT_EQ(size(api), Size{.desired = 3});
        EXPECT_EQ(size(nodes), nodes_size);
    }
    void expect_asleep() {
        EXPECT_EQ(phase(web), Phase::asleep);
        EXPECT_EQ(size(api), Size{.desired = 0});
        EXPECT_EQ(size(nodes), nodes_asleep);
    }

    Simulation sim{1};
};

TEST_F(Day, EverythingSleepsWhileThePersonIsAwayAndIsAsItWasOnReturn) {
    sim.leave_and_stay_away(60min);
    expect_asleep();
    sim.come_back_and_stay(10min);
    expect_as_it_was();
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Day, NothingSleepsBeforeTheTimeout) {
    sim.leave_and_stay_away(24min);
    sim.come_back_and_stay(1min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
}

TEST_F(Day, APersonWhoReturnsWhileThingsAreStoppingFindsThemStarted) {
    while (phase(web) != Phase::falling_asleep) sim.run_for(1s);
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_F(Day, WhatIsStartedByHandWhileAwayStaysAwakeUntilTheNextAbsence) {
    sim.leave_and_stay_away(60min);
    ASSERT_TRUE(sim.cloud.start_by_hand(web));
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake);
    sim.kill();
    sim.boot();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake) << "a restart must not forget who started it";
    sim.come_back_and_stay(10min);
    expect_as_it_was();
    sim.leave_and_stay_away(60min);
    expect_asleep();
}

TEST_F(Day, WhatIsStoppedByHandWhileItSleptStaysStopped) {
    sim.leave_and_stay_away(60min);
    ASSERT_TRUE(sim.cloud.start_by_hand(web));
    sim.leave_and_stay_away(2min);  // Before the next survey sees it.
    ASSERT_TRUE(sim.cloud.stop_by_hand(web));
    sim.leave_and_stay_away(20min);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(phase(web), Phase::asleep);
}

TEST_F(Day, AServiceThatSomebodyResizedWhileItSleptIsTheirs) {
    sim.leave_and_stay_away(60min);
    ASSERT_TRUE(sim.cloud.resize_by_hand(api, {.desired = 1}));
    sim.leave_and_stay_away(20min);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(api), Size{.desired = 1});
}

TEST_F(Day, AGuardedResourceStaysAwakeAndSaysWhy) {
    sim.cloud.set_guard(web, core::Guard{.why = "The tag env=production guards it.", .by_tag = true});
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("The tag env=production guards it.")));
}

TEST_F(Day, ForceOverridesAGuardByTagOnly) {
    sim.registrations[0].force = true;
    sim.reload();
    sim.cloud.set_guard(web, core::Guard{.why = "The tag env=production guards it.", .by_tag = true});
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::asleep);
    sim.come_back_and_stay(10min);
    sim.cloud.set_guard(web, core::Guard{.why = "It belongs to an Auto Scaling group.", .by_tag = false});
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake);
}

TEST_F(Day, BlindnessPutsNothingToSleepButKeepsWhatSleeps) {
    sim.leave_and_stay_away(60min);
    sim.see(false);
    sim.leave_and_stay_away(10h);
    expect_asleep();
    EXPECT_EQ(sim.state().presence.state(), core::PresenceState::unknown);
    sim.see(true);
    sim.come_back_and_stay(10min);
    expect_as_it_was();
    sim.see(false);
    const auto calls = sim.cloud.calls().size();
    sim.leave_and_stay_away(10h);
    EXPECT_EQ(sim.cloud.calls().size(), calls);
}

TEST_F(Day, OneResourceThatFailsHoldsUpNoOther) {
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::sleep, web, fakes::SimulatedCloud::always);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake);
    EXPECT_EQ(size(api), Size{.desired = 0});
    EXPECT_EQ(size(nodes), nodes_asleep);
    EXPECT_LE(sim.cloud.calls().size(), 3U) << "a refusal is told, not repeated";
}

TEST_F(Day, LackOfCapacityIsRetriedInMinutesUntilItIsThere) {
    sim.leave_and_stay_away(60min);
    sim.cloud.inject(fakes::Fault::capacity, fakes::CallKind::wake, web, 5);
    const auto before = sim.cloud.calls().size();
    sim.come_back_and_stay(20min);
    EXPECT_EQ(phase(web), Phase::asleep);
    EXPECT_LE(sim.cloud.calls().size(), before + 8);
    sim.come_back_and_stay(2h);
    expect_as_it_was();
}

TEST_F(Day, AStartThatIsAcceptedAndFallsBackIsToldAndTriedAgain) {
    sim.leave_and_stay_away(60min);
    sim.cloud.inject(fakes::Fault::fizzles, fakes::CallKind::wake, web, 2);
    sim.come_back_and_stay(60min);
    expect_as_it_was();
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("did not start")));
}

TEST_F(Day, RowsThatTurnUpAfterTheStartAreWokenLikeAnyOther) {
    sim.leave_and_stay_away(60min);
    expect_asleep();
    sim.kill();
    std::vector<core::JournalEntry> rows;
    for (const auto& [id, row] : sim.journal.rows()) rows.push_back(row);
    for (const auto& row : rows) ASSERT_TRUE(sim.journal.write({}, std::vector{row.id}));
    sim.boot();
    sim.come_back_and_stay(10min);
    expect_asleep();  // Nobody knows that they are owed a wake.
    ASSERT_TRUE(sim.journal.write(rows, {}));
    sim.post(core::RowsFound{rows});
    sim.come_back_and_stay(10min);
    expect_as_it_was();
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Day, AFullDiskPutsNothingToSleepAndLosesNothing) {
    sim.journal.fail_next(10'000, fakes::disk_full());
    sim.leave_and_stay_away(60min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.journal.fail_next(0, {});
    sim.leave_and_stay_away(60min);
    expect_asleep();
    sim.journal.fail_next(10'000, fakes::disk_full());
    sim.come_back_and_stay(10min);
    expect_as_it_was();  // A wake needs no disk.
    sim.journal.fail_next(0, {});
    sim.come_back_and_stay(10min);
    expect_as_it_was();
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Day, AnOrderStopsAndStartsAndRemembersTheCount) {
    const auto stop = sim.order_stop(api);
    sim.come_back_and_stay(5min);
    ASSERT_TRUE(sim.replies().at(stop));
    EXPECT_EQ(size(api), Size{.desired = 0});
    sim.leave_and_stay_away(60min);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(api), Size{.desired = 0}) << "what the person stopped stays stopped";
    sim.kill();
    sim.boot();
    const auto start = sim.order_start(api);
    sim.come_back_and_stay(5min);
    ASSERT_TRUE(sim.replies().at(start));
    EXPECT_EQ(size(api), Size{.desired = 3});
}

TEST_F(Day, ANodeGroupScalesWithinItsBoundsAndToZero) {
    auto order = sim.order_scale(nodes, 4);
    sim.come_back_and_stay(5min);
    ASSERT_TRUE(sim.replies().at(order));
    EXPECT_EQ(size(nodes), (Size{.desired = 4, .min = 1, .max = 4}));
    order = sim.order_scale(nodes, 5);
    sim.come_back_and_stay(1min);
    EXPECT_EQ(sim.replies().at(order).error().code, ErrorCode::bad_request);
    order = sim.order_scale(nodes, 0);
    sim.come_back_and_stay(5min);
    EXPECT_EQ(size(nodes), nodes_asleep);
    order = sim.order_scale(nodes, 3);
    sim.come_back_and_stay(5min);
    EXPECT_EQ(size(nodes), (Size{.desired = 3, .min = 1, .max = 4}));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Day, WhatIsNotRegisteredIsNotTouched) {
    const auto other = sim.add(core::ec2(east, InstanceId("i-00000000000000009")), {.desired = 1}, false);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(other), Phase::awake);
}

TEST_F(Day, WhatIsUnregisteredWhileItSleepsIsStillWoken) {
    sim.leave_and_stay_away(60min);
    const auto order = sim.order_removal(web);
    sim.leave_and_stay_away(10min);
    ASSERT_TRUE(sim.replies().at(order));
    sim.come_back_and_stay(10min);
    expect_as_it_was();
    EXPECT_FALSE(sim.state().tracked.contains(web));
}

TEST_F(Day, AGuardedResourceCannotBeRegistered) {
    const auto other = sim.add(core::ec2(east, InstanceId("i-00000000000000009")), {.desired = 1}, false);
    sim.cloud.set_guard(other, core::Guard{.why = "The tag env=production guards it.", .by_tag = true});
    auto order = sim.order_registration({.id = other});
    sim.come_back_and_stay(1min);
    EXPECT_EQ(sim.replies().at(order).error().code, ErrorCode::guarded);
    order = sim.order_registration({.id = other, .force = true});
    sim.come_back_and_stay(1min);
    EXPECT_TRUE(sim.replies().at(order));
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(other), Phase::asleep);
}

TEST_F(Day, ADryRunShowsEverythingAndChangesNothing) {
    sim.settings.dry_run = true;
    sim.reload();
    sim.leave_and_stay_away(60min);
    sim.come_back_and_stay(10min);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("would be put to sleep now")));
}

TEST_F(Day, AMonthOfWorkingDaysLosesNothing) {
    for (int day = 0; day < 30; ++day) {
        sim.come_back_and_stay(4h);
        sim.leave_and_stay_away(1h);
        expect_asleep();
        sim.come_back_and_stay(4h);
        expect_as_it_was();
        sim.leave_and_stay_away(15h);
        expect_asleep();
    }
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

const core::ResourceId scaled = core::ecs(east, ClusterName("dev"), ServiceName("scaled"));
const Size scaled_size{.desired = 3, .min = 2, .max = 6, .suspended = 0b010};

TEST_F(Day, ASleepThatStoppedHalfwayForGoodIsTakenBack) {
    sim.add(scaled, scaled_size);
    sim.reload();
    sim.cloud.inject(fakes::Fault::half_done, fakes::CallKind::sleep, scaled);
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::sleep, scaled, fakes::SimulatedCloud::always);
    sim.leave_and_stay_away(60min);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("Waking ecs:us-east-1:dev/scaled")));
    EXPECT_EQ(size(scaled), scaled_size) << "its scaling was held, its count could not be lowered";
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(scaled), scaled_size);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Day, AWakeThatStoppedHalfwayIsCompletedAfterACrash) {
    sim.add(scaled, scaled_size);
    sim.reload();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(size(scaled).desired, 0);
    sim.cloud.inject(fakes::Fault::half_done, fakes::CallKind::wake, scaled);
    sim.come_back_and_stay(3s);
    sim.kill();
    sim.run_for(5min);
    EXPECT_EQ(size(scaled).desired, 3);
    EXPECT_NE(size(scaled), scaled_size);
    sim.boot();
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(scaled), scaled_size);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Day, WhatWorksStaysAwakeUntilItRests) {
    sim.registrations.front().busy_cpu_percent = 20;
    ASSERT_EQ(sim.registrations.front().id, web);
    sim.reload();
    sim.cloud.set_load(web, {.cpu_percent = 83});
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake);
    EXPECT_EQ(size(api), Size{.desired = 0}) << "it holds up no other";
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("stays awake for now: its CPU is at 83 % (limit 20 %)")));
    EXPECT_TRUE(sim.state().tracked.at(web).busy);
    sim.cloud.set_load(web, {.cpu_percent = 2});
    sim.run_for(10min);
    EXPECT_EQ(phase(web), Phase::asleep);
    EXPECT_FALSE(sim.state().tracked.at(web).busy);
    sim.come_back_and_stay(10min);
    expect_as_it_was();
}

TEST_F(Day, WhoseLoadCannotBeKnownCountsAsBusy) {
    sim.registrations.front().busy_cpu_percent = 20;
    sim.reload();
    sim.cloud.set_load(web, {.cpu_percent = std::nullopt, .trouble = "Allow cloudwatch:GetMetricData."});
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::awake);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("Allow cloudwatch:GetMetricData.")));
    const auto before = sim.cloud.descriptions();
    sim.leave_and_stay_away(30min);
    EXPECT_LT(sim.cloud.descriptions() - before, 38)
        << "a hot loop of looks: a usual one and one for the load each five minutes";
}

TEST_F(Day, OneNameInTwoAccountsIsTwoResources) {
    auto other = api;
    other.profile = ProfileName("work");
    sim.add(other, {.desired = 5});
    sim.reload();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(size(other), Size{.desired = 0});
    EXPECT_EQ(size(api), Size{.desired = 0});
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(other), Size{.desired = 5});
    expect_as_it_was();
}

TEST_F(Day, AnOrderWithoutAProfileMeansTheOneResourceOfThatName) {
    auto other = core::ecs(east, ClusterName("dev"), ServiceName("far"));
    const auto plain = other;
    other.profile = ProfileName("work");
    sim.add(other, {.desired = 5});
    sim.reload();
    const auto stop = sim.order_stop(plain);
    sim.run_for(5min);
    EXPECT_TRUE(sim.replies().at(stop));
    EXPECT_EQ(size(other), Size{.desired = 0});
}

}  // namespace
}  // namespace doze::sim::day_test
