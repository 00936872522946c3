// What the simulated AWS does with calls, by doze and by hand.
#include "simulated_cloud_fixture.hpp"

namespace doze::fakes {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

TEST_F(SimulatedCloudTest, CallsNothingBackInline) {
    sleep(instance);
    EXPECT_THAT(outcomes_, IsEmpty());
    EXPECT_EQ(cloud_.next_event(), clock_.boot() + 100ms);
    pass(499ms);
    EXPECT_THAT(outcomes_, IsEmpty());
    EXPECT_EQ(cloud_.next_event(), clock_.boot() + 1ms);
    pass(1ms);
    ASSERT_THAT(outcomes_, SizeIs(1));
    EXPECT_TRUE(outcomes_[0].accepted);
    EXPECT_EQ(cloud_.next_event(), std::nullopt);
}

TEST_F(SimulatedCloudTest, TakesAnInstanceThroughStoppingToStoppedAndBack) {
    sleep(instance);
    EXPECT_EQ(phase(instance), Phase::awake);
    pass(100ms);
    EXPECT_EQ(phase(instance), Phase::falling_asleep);
    EXPECT_EQ(cloud_.truth(instance).state, "stopping");
    pass(19'999ms);
    EXPECT_EQ(phase(instance), Phase::falling_asleep);
    pass(1ms);
    EXPECT_EQ(phase(instance), Phase::asleep);
    EXPECT_EQ(cloud_.truth(instance).size.desired, 0);
    EXPECT_EQ(cloud_.truth(instance).reason, "Client.UserInitiatedShutdown");

    wake(instance, {.desired = 1});
    pass(100ms);
    EXPECT_EQ(phase(instance), Phase::waking);
    pass(10s);
    EXPECT_EQ(phase(instance), Phase::awake);
    EXPECT_EQ(cloud_.truth(instance).size.desired, 1);
    EXPECT_EQ(cloud_.truth(instance).changed_at, std::nullopt);
}

TEST_F(SimulatedCloudTest, RefusesToStartAnInstanceThatIsStopping) {
    sleep(instance);
    pass(1s);
    wake(instance, {.desired = 1});
    pass(1s);
    ASSERT_THAT(outcomes_, SizeIs(2));
    ASSERT_FALSE(outcomes_[1].accepted);
    EXPECT_EQ(outcomes_[1].error.recovery, Recovery::wait);
    EXPECT_EQ(outcomes_[1].error.aws_code, "IncorrectInstanceState");
    pass(30s);
    EXPECT_EQ(phase(instance), Phase::asleep);
}

TEST_F(SimulatedCloudTest, RefusesToStopAnInstanceThatIsPending) {
    ASSERT_TRUE(cloud_.stop_by_hand(instance));
    pass(20s);
    ASSERT_TRUE(cloud_.start_by_hand(instance));
    sleep(instance);
    pass(1s);
    ASSERT_FALSE(outcomes_.at(0).accepted);
    EXPECT_EQ(outcomes_[0].error.recovery, Recovery::wait);
}

TEST_F(SimulatedCloudTest, AcceptsARepeatedStopAndKeepsTheTimeOfTheFirst) {
    const auto stopped_at = std::chrono::floor<std::chrono::seconds>(clock_.wall());
    sleep(instance);
    pass(40s);
    EXPECT_EQ(cloud_.truth(instance).changed_at, stopped_at);
    sleep(instance);
    pass(1s);
    EXPECT_TRUE(outcomes_.at(1).accepted);
    EXPECT_EQ(phase(instance), Phase::asleep);
    EXPECT_EQ(cloud_.truth(instance).changed_at, stopped_at);
}

TEST_F(SimulatedCloudTest, GivesTheTimeOfAStopByHandToo) {
    sleep(instance);
    pass(30s);
    ASSERT_TRUE(cloud_.start_by_hand(instance));
    pass(30s);
    ASSERT_TRUE(cloud_.stop_by_hand(instance));
    const auto stopped_at = std::chrono::floor<std::chrono::seconds>(clock_.wall());
    pass(30s);
    EXPECT_EQ(describe(instance).changed_at, stopped_at);
}

TEST_F(SimulatedCloudTest, ChangesAServiceAtOnceAndItsTasksLater) {
    sleep(service);
    pass(1s);
    auto seen = cloud_.truth(service);
    EXPECT_EQ(seen.phase, Phase::asleep);
    EXPECT_FALSE(seen.settled);
    EXPECT_EQ(seen.running, 3);
    pass(30s);
    seen = cloud_.truth(service);
    EXPECT_TRUE(seen.settled);
    EXPECT_EQ(seen.running, 0);

    wake(service, {.desired = 3});
    pass(1s);
    seen = cloud_.truth(service);
    EXPECT_EQ(seen.phase, Phase::awake);
    EXPECT_EQ(seen.size.desired, 3);
    EXPECT_FALSE(seen.settled);
    pass(30s);
    EXPECT_TRUE(cloud_.truth(service).settled);
}

TEST_F(SimulatedCloudTest, UpdatesANodegroupAndRefusesEverythingMeanwhile) {
    cloud_.sleep({{.id = nodegroup, .size = awake_group}}, outcome());
    pass(1s);
    EXPECT_EQ(phase(nodegroup), Phase::changing);
    wake(nodegroup, awake_group);
    pass(1s);
    ASSERT_FALSE(outcomes_.at(1).accepted);
    EXPECT_EQ(outcomes_[1].error.recovery, Recovery::wait);
    EXPECT_EQ(outcomes_[1].error.aws_code, "ResourceInUseException");
    pass(60s);
    EXPECT_EQ(phase(nodegroup), Phase::asleep);
    EXPECT_EQ(cloud_.truth(nodegroup).size, (core::Size{.desired = 0, .min = 0, .max = 4}));
    wake(nodegroup, awake_group);
    pass(70s);
    EXPECT_EQ(phase(nodegroup), Phase::awake);
    EXPECT_EQ(cloud_.truth(nodegroup).size, awake_group);
}

TEST_F(SimulatedCloudTest, RefusesSizesThatEksRefuses) {
    EXPECT_FALSE(cloud_.resize_by_hand(nodegroup, {.desired = 5}));
    EXPECT_FALSE(cloud_.resize_by_hand(nodegroup, {.desired = 0}));  // Below the minimum that stays 1.
    EXPECT_FALSE(cloud_.resize_by_hand(nodegroup, {.desired = 0, .min = 0, .max = 0}));
    EXPECT_TRUE(cloud_.resize_by_hand(nodegroup, {.desired = 4}));
}

TEST_F(SimulatedCloudTest, ShowsWhatSomebodyDidByHand) {
    ASSERT_TRUE(cloud_.resize_by_hand(service, {.desired = 7}));
    EXPECT_EQ(describe(service).size.desired, 7);
    ASSERT_TRUE(cloud_.resize_by_hand(instance, {.desired = 0}));
    EXPECT_EQ(describe(instance).state, "stopping");
    cloud_.terminate(instance);
    EXPECT_EQ(describe(instance).phase, Phase::gone);
    EXPECT_EQ(describe(core::ec2(region, InstanceId("i-0ffffffff"))).phase, Phase::gone);
    sleep(instance);
    pass(1s);
    ASSERT_FALSE(outcomes_.at(0).accepted);
    EXPECT_EQ(outcomes_[0].error.code, ErrorCode::not_found);
}

}  // namespace
}  // namespace doze::fakes
