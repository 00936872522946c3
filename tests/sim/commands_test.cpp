// What a person asks for outright: of any resource of the configured regions, registered or not.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::commands_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::Size;
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
    [[nodiscard]] auto reply(core::OrderId order) { return sim.replies().at(order); }
    [[nodiscard]] ErrorCode refused(core::OrderId order) {
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

}  // namespace
}  // namespace doze::sim::commands_test
