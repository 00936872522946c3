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

TEST(Ec2Fleet, KeepsATextThatRepeatsOnce) {
    const auto with = [](const auto& change) {
        std::vector<Ec2Instance> many;
        for (int i = 0; i < 100; ++i) many.push_back(instance("i-" + std::to_string(i)));
        const auto bytes = Ec2Fleet(many).bytes();
        for (auto& each : many) change(each);
        return Ec2Fleet(many).bytes() - bytes;
    };
    const std::string text(1000, 'x');
    EXPECT_LT(with([&](auto& each) { each.type = text; }), 2000U);
    EXPECT_LT(with([&](auto& each) { each.seen.state = text; }), 2000U);
    EXPECT_LT(with([&](auto& each) { each.seen.guard = Guard{text}; }), 2000U);
    EXPECT_LT(with([&](auto& each) { each.seen.reason = text; }), 2000U);
    EXPECT_LT(with([&](auto& each) { each.seen.pool = text; }), 2000U);
    EXPECT_LT(with([&](auto& each) { each.seen.advice = text; }), 2000U);
}

TEST(Ec2Fleet, MayBeEmpty) {
    EXPECT_EQ(Ec2Fleet().size(), 0U);
    EXPECT_EQ(Ec2Fleet().find(ec2(us, InstanceId("i-1"))), std::nullopt);
}

TEST(Inventory, FindsAnInstanceInItsFleet) {
    Inventory inventory;
    inventory.keep_regions({us});
    const AccountId account("111111111111");
    inventory.put(Kind::ec2, us, std::vector{instance("i-1")}, {}, account);
    auto seen = stopped("i-1");
    seen.account = account;
    inventory.put(seen);
    EXPECT_EQ(inventory.find(ec2(us, InstanceId("i-1"))), seen) << "with the account of its list";
    EXPECT_EQ(inventory.find(ec2(us, InstanceId("i-2"))), std::nullopt);
    auto elsewhere = ec2(us, InstanceId("i-1"));
    elsewhere.profile = ProfileName("work");
    EXPECT_EQ(inventory.find(elsewhere), std::nullopt);
}

}  // namespace
}  // namespace doze::core
