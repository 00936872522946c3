// What a person asks for outright: of any resource of the configured regions, registered or not.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::commands_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::Size;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const Region east("us-east-1");
const core::ResourceId web = core::ec2(east, InstanceId("i-00000000000000001"));
const core::ResourceId stranger = core::ec2(east, InstanceId("i-00000000000000009"));
const core::ResourceId workers = core::asg(east, GroupName("workers"));
const Size workers_size{.desired = 2, .min = 1, .max = 4, .suspended = 0b001};

class Commands : public testing::Test {
   protected:
    Commands() {
        sim.add(web, {.desired = 1});
        sim.add(stranger, {.desired = 1}, false);
        sim.add(workers, workers_size, false);
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~Commands() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
    }

    [[nodiscard]] Phase phase(const core::ResourceId& id) { return sim.cloud.truth(id).phase; }
    [[nodiscard]] Size size(const core::ResourceId& id) { return sim.cloud.truth(id).size; }
    [[nodiscard]] auto reply(core::RequestId order) { return sim.replies().at(order); }
    [[nodiscard]] ErrorCode refused(core::RequestId order) {
        return reply(order) ? ErrorCode::internal : reply(order).error().code;
    }

    Simulation sim{1};
};

TEST_F(Commands, StopAndStartWhatIsNotRegistered) {
    auto order = sim.order_stop(stranger);
    sim.come_back_and_stay(5min);
    EXPECT_TRUE(reply(order));
    EXPECT_EQ(phase(stranger), Phase::asleep);
    sim.leave_and_stay_away(60min);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(phase(web), Phase::awake);
    EXPECT_EQ(phase(stranger), Phase::asleep) << "it is the person's: only they start it";
    order = sim.order_start(stranger);
    sim.come_back_and_stay(5min);
    EXPECT_TRUE(reply(order));
    EXPECT_EQ(phase(stranger), Phase::awake);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
    EXPECT_FALSE(sim.state().tracked.contains(stranger));
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(stranger), Phase::awake) << "doze itself acts on what is registered";
}

TEST_F(Commands, KeepTheSizesOfWhatIsNotRegisteredOverRestartsAndEdits) {
    sim.order_stop(workers);
    sim.come_back_and_stay(5min);
    EXPECT_EQ(size(workers).desired, 0);
    sim.kill();
    sim.run_for(10min);
    sim.boot();
    sim.registrations.push_back({.id = workers});
    sim.reload();
    sim.come_back_and_stay(5min);
    std::erase_if(sim.registrations, [](const auto& each) { return each.id == workers; });
    sim.reload();
    sim.come_back_and_stay(5min);
    sim.kill();
    sim.boot();
    sim.order_start(workers);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(workers), workers_size);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Commands, ScaleWhatIsNotRegistered) {
    const auto order = sim.order_scale(workers, 3);
    sim.come_back_and_stay(5min);
    EXPECT_TRUE(reply(order));
    EXPECT_EQ(size(workers).desired, 3);
}

TEST_F(Commands, GuardsHoldForWhatIsNotRegistered) {
    sim.cloud.set_guard(stranger, core::Guard{.why = "The tag env=production guards it.", .by_tag = true});
    const auto order = sim.order_stop(stranger);
    sim.come_back_and_stay(1min);
    EXPECT_EQ(refused(order), ErrorCode::guarded);
    EXPECT_EQ(phase(stranger), Phase::awake);
    EXPECT_FALSE(sim.state().tracked.contains(stranger)) << "nothing is owed to it";
}

TEST_F(Commands, SayWhatIsNotThereOrNotInReach) {
    const auto nowhere = sim.order_start(core::ec2(Region("eu-west-3"), InstanceId("i-00000000000000009")));
    const auto nothing = sim.order_stop(core::ec2(east, InstanceId("i-0000000000000dead")));
    sim.come_back_and_stay(1min);
    EXPECT_EQ(refused(nowhere), ErrorCode::not_found);
    EXPECT_EQ(refused(nothing), ErrorCode::not_found);
    EXPECT_EQ(sim.state().tracked.size(), 1U);
}

TEST_F(Commands, KeepToWhatIsRegisteredIfToldTo) {
    sim.settings.only_registered = true;
    sim.reload();
    const auto order = sim.order_stop(stranger);
    const auto own = sim.order_stop(web);
    sim.come_back_and_stay(1min);
    EXPECT_EQ(refused(order), ErrorCode::not_registered);
    EXPECT_EQ(phase(stranger), Phase::awake);
    EXPECT_TRUE(reply(own));
}

TEST_F(Commands, ANameThatTwoProfilesReachIsNotGuessed) {
    for (const auto* profile : {"home", "work"}) {
        auto id = stranger;
        id.profile = ProfileName(profile);
        sim.add(id, {.desired = 1});
    }
    sim.reload();
    const auto order = sim.order_stop(stranger);
    sim.come_back_and_stay(1min);
    EXPECT_EQ(refused(order), ErrorCode::bad_request);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
}

class Requests : public Commands {
   protected:
    Requests() {
        sim.add(api, {.desired = 3});
        sim.add(nodes, {.desired = 2, .min = 1, .max = 4});
        sim.add(orders, {.desired = 1});
        sim.reload();
        sim.come_back_and_stay(5min);
    }

    void restart() {
        sim.kill();
        sim.run_for(10s);
        sim.boot();
    }

    const core::ResourceId api = core::ecs(east, ClusterName("dev"), ServiceName("api"));
    const core::ResourceId nodes = core::eks(east, ClusterName("dev"), NodegroupName("nodes"));
    const core::ResourceId orders = core::rds(east, DatabaseName("orders"));
};

TEST_F(Requests, ToStartStandOverARestartAtAnyMomentUntilTheNextReturn) {
    for (const core::Duration later : {100ms, 1000ms, 5000ms, 30000ms, 120000ms, 900000ms}) {
        sim.leave_and_stay_away(60min);
        for (const auto& id : {web, api, orders}) {
            EXPECT_EQ(phase(id), Phase::asleep);
            sim.order_start(id);
        }
        sim.run_for(later);
        restart();
        sim.run_for(2h);
        restart();
        sim.leave_and_stay_away(2h);
        for (const auto& id : {web, api, orders})
            EXPECT_EQ(phase(id), Phase::awake) << core::to_string(id) << ", restarted after " << later.count() << " ms";
        EXPECT_EQ(phase(nodes), Phase::asleep);
        sim.come_back_and_stay(20min);
    }
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::asleep) << "the next absence is another one";
}

TEST_F(Requests, ToStartWhatIsStoppingStandOverARestart) {
    sim.order_leave();
    for (int i = 0; i < 100 && phase(web) == Phase::awake; ++i) sim.run_for(100ms);
    ASSERT_EQ(phase(web), Phase::falling_asleep);
    sim.order_start(web);
    sim.run_for(3s);
    restart();
    sim.leave_and_stay_away(2h);
    EXPECT_EQ(phase(web), Phase::awake);
    sim.come_back_and_stay(20min);
}

TEST_F(Requests, ToScaleStandOverARestart) {
    sim.leave_and_stay_away(60min);
    sim.order_scale(nodes, 3);
    sim.run_for(2s);
    restart();
    sim.leave_and_stay_away(1h);
    EXPECT_EQ(size(nodes), (Size{.desired = 3, .min = 1, .max = 4}));
    sim.come_back_and_stay(20min);
    EXPECT_EQ(size(nodes), (Size{.desired = 3, .min = 1, .max = 4}));
}

TEST_F(Requests, ToScaleThatAwsDidNotTakeYetStandOverARestart) {
    sim.leave_and_stay_away(60min);
    sim.cloud.inject(fakes::Fault::throttled, fakes::CallKind::wake, nodes, fakes::SimulatedCloud::always);
    sim.order_scale(nodes, 3);
    sim.run_for(10s);
    restart();
    sim.cloud.clear_faults();
    sim.leave_and_stay_away(1h);
    EXPECT_EQ(size(nodes), (Size{.desired = 3, .min = 1, .max = 4}));
    sim.come_back_and_stay(20min);
}

TEST_F(Requests, ToScaleAreOverOnceDone) {
    sim.come_back_and_stay(5min);
    sim.order_scale(nodes, 3);
    sim.come_back_and_stay(20min);
    ASSERT_EQ(size(nodes).desired, 3);
    ASSERT_TRUE(sim.cloud.resize_by_hand(nodes, {.desired = 2}));
    sim.come_back_and_stay(10min);
    sim.leave_and_stay_away(60min);
    sim.come_back_and_stay(20min);
    EXPECT_EQ(size(nodes), (Size{.desired = 2, .min = 1, .max = 4}));
}

TEST_F(Requests, StandWhileAHoldEndsToo) {
    sim.order_leave();
    sim.order_snooze(10min);
    sim.run_for(1min);
    sim.order_start(web);
    sim.run_for(1min);
    restart();
    sim.leave_and_stay_away(2h);
    EXPECT_EQ(phase(api), Phase::asleep);
    EXPECT_EQ(phase(web), Phase::awake) << "it was told to be";
    sim.come_back_and_stay(20min);
}

TEST_F(Requests, EndWithTheOpposite) {
    sim.leave_and_stay_away(60min);
    sim.order_start(web);
    sim.run_for(10min);
    sim.order_stop(web);
    sim.run_for(10min);
    restart();
    sim.leave_and_stay_away(1h);
    EXPECT_EQ(phase(web), Phase::asleep);
    sim.order_start(web);
    sim.come_back_and_stay(20min);
}

TEST_F(Requests, AStartThatFailsLeavesNothingBehind) {
    const auto idle = sim.add(core::ecs(east, ClusterName("dev"), ServiceName("idle")), {.desired = 0});
    sim.reload();
    sim.come_back_and_stay(1min);
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::wake, idle, fakes::SimulatedCloud::always);
    const auto order = sim.order_start(idle);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(refused(order), ErrorCode::access_denied);
    EXPECT_THAT(sim.journal.rows(), IsEmpty()) << "doze did not put it to sleep";
}

TEST_F(Requests, AStopDuringAWakeThatIsRefusedLosesNoSize) {
    sim.leave_and_stay_away(60min);
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::wake, api);
    sim.type();
    const auto is_called = [&] {
        return std::ranges::any_of(sim.cloud.calls(),
                                   [&](const auto& call) { return call.verb == core::Verb::wake && call.id == api; });
    };
    for (int i = 0; i < 1000 && !is_called(); ++i) sim.run_for(10ms);
    ASSERT_TRUE(is_called());
    const auto stop = sim.order_stop(api);
    sim.come_back_and_stay(10min);
    EXPECT_TRUE(reply(stop)) << "the refusal is not its answer";
    EXPECT_EQ(size(api), Size{.desired = 0});
    sim.order_start(api);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(api), Size{.desired = 3});
}

class DryRun : public Requests {
   protected:
    void restart_dry() {
        sim.kill();
        sim.settings.dry_run = true;
        calls_ = sim.cloud.calls().size();
        sim.cloud.clear_faults();
        sim.boot();
    }
    void expect_no_calls() { EXPECT_EQ(sim.cloud.calls().size(), calls_); }
    void expect_as_it_was_without() {
        sim.settings.dry_run = false;
        sim.reload();
        sim.come_back_and_stay(1h);
        EXPECT_EQ(phase(web), Phase::awake);
        EXPECT_EQ(size(api), Size{.desired = 3});
        EXPECT_EQ(phase(orders), Phase::awake);
        EXPECT_THAT(sim.journal.rows(), IsEmpty());
    }

   private:
    std::size_t calls_ = 0;
};

TEST_F(DryRun, DoesNotGoOnWithASleep) {
    sim.cloud.inject(fakes::Fault::throttled, fakes::CallKind::sleep, std::nullopt, fakes::SimulatedCloud::always);
    sim.leave_and_stay_away(40min);
    ASSERT_EQ(sim.journal.rows().at(web).sleep_state, core::SleepState::sleeping);
    restart_dry();
    sim.leave_and_stay_away(2h);
    EXPECT_EQ(sim.state().tracked.at(web).only_shown, "be put to sleep now (size 1)");
    sim.come_back_and_stay(1h);
    expect_no_calls();
    expect_as_it_was_without();
}

TEST_F(DryRun, WakesNothing) {
    sim.leave_and_stay_away(60min);
    restart_dry();
    sim.come_back_and_stay(1h);
    expect_no_calls();
    EXPECT_EQ(sim.state().tracked.at(api).only_shown, "be woken now (size 3)");
    EXPECT_FALSE(sim.state().tracked.at(api).trouble);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("api would be woken now (size 3).")));
    expect_as_it_was_without();
}

TEST_F(DryRun, DoesNotGoOnWithAWake) {
    sim.leave_and_stay_away(60min);
    sim.cloud.inject(fakes::Fault::throttled, fakes::CallKind::wake, std::nullopt, fakes::SimulatedCloud::always);
    sim.come_back_and_stay(3min);
    ASSERT_EQ(sim.journal.rows().at(web).sleep_state, core::SleepState::waking);
    restart_dry();
    sim.come_back_and_stay(1h);
    sim.leave_and_stay_away(2h);
    sim.come_back_and_stay(1h);
    expect_no_calls();
    expect_as_it_was_without();
}

TEST_F(DryRun, SaysWhatACommandWouldDo) {
    restart_dry();
    sim.cloud.set_guard(nodes, core::Guard{.why = "The tag env=production guards it.", .by_tag = true});
    sim.come_back_and_stay(1min);
    const auto stop = sim.order_stop(web);
    const auto scale = sim.order_scale(workers, 3);
    const auto guarded = sim.order_stop(nodes);
    sim.come_back_and_stay(1min);
    EXPECT_THAT(reply(stop)->message, HasSubstr("would be stopped"));
    EXPECT_THAT(reply(scale)->message, HasSubstr("would be scaled to 3"));
    EXPECT_EQ(refused(guarded), ErrorCode::guarded);
    expect_no_calls();
    expect_as_it_was_without();
}

/// This machine's clock is wrong, and the answer to a stop is lost.
class WrongClock : public Commands, public testing::WithParamInterface<core::Duration> {};

TEST_P(WrongClock, TheOwnStopIsKnownByAwsTime) {
    sim.cloud.set_ahead(GetParam());
    sim.come_back_and_stay(10min);
    sim.cloud.inject(fakes::Fault::lost_after_done, fakes::CallKind::sleep, web);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(web), Phase::asleep);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(phase(web), Phase::awake);
}

TEST_P(WrongClock, TheStopBeforeACrashIsKnownByAwsTime) {
    sim.cloud.set_ahead(GetParam());
    sim.come_back_and_stay(10min);
    sim.run_for(25min);
    for (int i = 0; i < 1000 && sim.cloud.calls().empty(); ++i) sim.run_for(1s);
    sim.run_for(1s);
    sim.kill();
    sim.run_for(20min);
    sim.boot();
    sim.come_back_and_stay(10min);
    EXPECT_EQ(phase(web), Phase::awake);
}

INSTANTIATE_TEST_SUITE_P(Offsets, WrongClock,
                         testing::Values(core::Duration(-72h), core::Duration(-20min), core::Duration(20min),
                                         core::Duration(72h)));

}  // namespace
}  // namespace doze::sim::commands_test
