#include "core/model/ec2_fleet.hpp"

#include <gtest/gtest.h>

#include "core/model/inventory.hpp"

namespace doze::core {
namespace {

const Region us{"us-east-1"};

Ec2Instance instance(const std::string& id, const std::string& name = "web") {
    return {.seen = {.id = ec2(us, InstanceId(id)),
                     .phase = Phase::awake,
                     .size = {.desired = 1},
                     .state = "running",
                     .pool = "t3.small/us-east-1a"},
            .name = name,
            .type = "t3.small",
            .public_ip = std::nullopt,
            .private_ip = "10.0.0.1"};
}

Observation stopped(const std::string& id) {
    return {.id = ec2(us, InstanceId(id)),
            .phase = Phase::asleep,
            .settled = false,
            .size = {.desired = 0},
            .state = "stopped",
            .guard = Guard{"It is precious.", true},
            .reason = "Client.UserInitiatedShutdown",
            .advice = "Start it again.",
            .changed_at = WallTime(std::chrono::hours(1)),
            .pool = "t3.small/us-east-1b",
            .can_hibernate = true};
}

TEST(Ec2Fleet, KeepsAllThatASurveySees) {
    auto one = instance("i-1");
    one.seen = stopped("i-1");
    const Ec2Fleet fleet(std::vector{one, instance("i-2", "")});
    EXPECT_EQ(fleet.find(one.seen.id), one.seen);
    EXPECT_EQ(fleet.find(ec2(us, InstanceId("i-2"))), instance("i-2").seen);
    EXPECT_EQ(fleet.find(ec2(us, InstanceId("i-3"))), std::nullopt);
}

TEST(Ec2Fleet, ShowsWhatAListShows) {
    auto guarded = instance("i-1", "web & co");
    guarded.seen.guard = Guard{"It is precious.", false};
    auto reached = instance("i-2", "");
    reached.public_ip = "54.1.2.3";
    reached.private_ip.reset();
    const Ec2Fleet fleet(std::vector{guarded, reached});
    ASSERT_EQ(fleet.size(), 2U);
    EXPECT_EQ(fleet.id(0), "i-1");
    const auto first = fleet.view(0);
    EXPECT_EQ(first.name, "web & co");
    EXPECT_EQ(first.type, "t3.small");
    EXPECT_EQ(first.state, "running");
    EXPECT_EQ(first.public_ip, std::nullopt);
    EXPECT_EQ(first.private_ip, "10.0.0.1");
    EXPECT_EQ(first.guard, "It is precious.");
    const auto second = fleet.view(1);
    EXPECT_EQ(second.name, "");
    EXPECT_EQ(second.public_ip, "54.1.2.3");
    EXPECT_EQ(second.private_ip, std::nullopt);
    EXPECT_EQ(second.guard, std::nullopt);
}

TEST(Ec2Fleet, IsInTheOrderOfTheIds) {
    const Ec2Fleet fleet(std::vector{instance("i-3", "c"), instance("i-1", "a"), instance("i-2", "b")});
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(fleet.id(i), "i-" + std::to_string(i + 1));
        EXPECT_EQ(fleet.view(i).name, std::string(1, static_cast<char>('a' + i)));
    }
}

TEST(Ec2Fleet, TakesALookAtOneInstanceAndLeavesAnUnknownOneToTheNextSurvey) {
    Ec2Fleet fleet(std::vector{instance("i-1"), instance("i-2")});
    fleet.put(stopped("i-2"));
    fleet.put(stopped("i-3"));
    EXPECT_EQ(fleet.size(), 2U);
    EXPECT_EQ(fleet.find(ec2(us, InstanceId("i-2"))), stopped("i-2"));
    EXPECT_EQ(fleet.find(ec2(us, InstanceId("i-1"))), instance("i-1").seen);
    EXPECT_EQ(fleet.view(1).name, "web");
    auto again = stopped("i-2");
    again.guard.reset();
    again.reason.reset();
    fleet.put(again);
    EXPECT_EQ(fleet.find(again.id), again);
}

TEST(Ec2Fleet, MayBeEmpty) {
    EXPECT_EQ(Ec2Fleet().size(), 0U);
    EXPECT_EQ(Ec2Fleet().find(ec2(us, InstanceId("i-1"))), std::nullopt);
}

TEST(Inventory, FindsAnInstanceInItsFleet) {
    Inventory inventory;
    inventory.keep_regions({us});
    inventory.put(Kind::ec2, us, std::vector{instance("i-1")}, {});
    inventory.put(stopped("i-1"));
    EXPECT_EQ(inventory.find(ec2(us, InstanceId("i-1"))), stopped("i-1"));
    auto elsewhere = ec2(us, InstanceId("i-1"));
    elsewhere.profile = ProfileName("work");
    EXPECT_EQ(inventory.find(elsewhere), std::nullopt);
}

}  // namespace
}  // namespace doze::core
