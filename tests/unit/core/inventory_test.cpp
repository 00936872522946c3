// The rows of the lists are right at once after a look at one resource alone.
#include "core/model/inventory.hpp"

#include <gtest/gtest.h>

#include "core/model/kinds.hpp"

namespace doze::core {
namespace {

using namespace std::chrono_literals;

const Region east("us-east-1");

class InventoryTest : public testing::Test {
   protected:
    InventoryTest() { inventory.keep_regions({east}); }

    template <class Of>
    const Of& stock(Kind kind) const {
        return std::get<Of>(inventory.listings().at({kind, east}).items);
    }

    Inventory inventory;
    Now now{TimePoint(1h), WallTime(1h)};
};

TEST_F(InventoryTest, AnAutoScalingGroupHasItsNewSizes) {
    Observation seen{.id = asg(east, GroupName("fleet")), .phase = Phase::awake, .size = {2, 1, 4}, .state = "active"};
    seen.details = {{"min_size", 1}, {"desired_size", 2}, {"max_size", 4}, {"instances", 2}};
    inventory.put(Kind::asg, east, std::vector{Item{seen}}, now);
    auto asleep = seen;
    asleep.phase = Phase::asleep;
    asleep.size = {0, 0, 0};
    asleep.state = "empty";
    asleep.details = {{"min_size", 0}, {"desired_size", 0}, {"max_size", 0}, {"instances", 0}};
    inventory.put(asleep);
    EXPECT_EQ(stock<std::vector<Item>>(Kind::asg).at(0).seen, asleep);
    asleep.details.clear();
    inventory.put(asleep);
    EXPECT_EQ(stock<std::vector<Item>>(Kind::asg).at(0).seen.details.size(), 4U) << "what nobody asked for stays";
}

TEST_F(InventoryTest, AnInstanceHasItsNewAddresses) {
    Ec2Instance web{.seen = {.id = ec2(east, InstanceId("i-1")), .phase = Phase::awake, .state = "running"},
                    .name = "web",
                    .type = "t3.small",
                    .public_ip = "198.51.100.7",
                    .private_ip = "10.0.0.1"};
    inventory.put(Kind::ec2, east, std::vector{web}, now);
    web.public_ip = std::nullopt;
    web.type = "t3.large";
    auto seen = web.seen;
    seen.state = "stopped";
    seen.details = details_of(web);
    inventory.put(seen);
    const auto view = stock<Ec2Fleet>(Kind::ec2).view(0);
    EXPECT_EQ(view.state, "stopped");
    EXPECT_EQ(view.public_ip, std::nullopt);
    EXPECT_EQ(view.private_ip, "10.0.0.1");
    EXPECT_EQ(view.type, "t3.large");
    EXPECT_EQ(view.name, "web");
}

TEST_F(InventoryTest, AFleetThatIsCorrectedForMonthsStaysSmallAndRight) {
    Ec2Instance web{
        .seen = {.id = ec2(east, InstanceId("i-1")), .state = "running"}, .name = "web", .type = "t3.small"};
    auto other = web;
    other.seen.id.name = "i-2";
    inventory.put(Kind::ec2, east, std::vector{web, other}, now);
    for (int i = 0; i < 20'000; ++i) {
        web.seen.state = i % 2 == 0 ? "stopped" : "running";
        web.public_ip = "198.51.100." + std::to_string(i % 250);
        auto seen = web.seen;
        seen.details = details_of(web);
        inventory.put(seen);
    }
    const auto& fleet = stock<Ec2Fleet>(Kind::ec2);
    EXPECT_EQ(fleet.view(0).public_ip, "198.51.100.249");
    EXPECT_EQ(fleet.view(0).name, "web");
    EXPECT_EQ(fleet.view(1).state, "running");
    EXPECT_EQ(fleet.view(1).public_ip, std::nullopt);
    EXPECT_EQ(fleet.id(1), "i-2");
    EXPECT_LT(fleet.bytes(), 200'000U);
}

TEST_F(InventoryTest, AClusterCountsTheTasksOfAServiceThatSleeps) {
    const auto id = ecs(east, ClusterName("dev"), ServiceName("api"));
    EcsService api{.seen = {.id = id, .phase = Phase::awake, .size = {3}, .running = 2, .state = "ACTIVE"},
                   .status = "ACTIVE",
                   .desired_count = 3,
                   .running_count = 2,
                   .pending_count = 1};
    EcsCluster dev{.region = east,
                   .name = ClusterName("dev"),
                   .status = "ACTIVE",
                   .running_tasks_count = 7,
                   .pending_tasks_count = 1,
                   .active_services_count = 2,
                   .services = {api}};
    inventory.put(Kind::ecs, east, std::vector{dev}, now);
    Observation seen{.id = id, .phase = Phase::asleep, .size = {0}, .running = 0, .state = "ACTIVE"};
    seen.details = {{"pending_count", 0}};
    inventory.put(seen);
    const auto& cluster = stock<std::vector<EcsCluster>>(Kind::ecs).at(0);
    EXPECT_EQ(cluster.running_tasks_count, 5);
    EXPECT_EQ(cluster.pending_tasks_count, 0);
    EXPECT_EQ(cluster.active_services_count, 2);
    EXPECT_EQ(cluster.services.at(0).desired_count, 0);
    EXPECT_EQ(cluster.services.at(0).running_count, 0);
    seen.state = "INACTIVE";
    seen.phase = Phase::gone;
    inventory.put(seen);
    EXPECT_EQ(cluster.active_services_count, 1);
    EXPECT_EQ(cluster.services.at(0).status, "INACTIVE");
}

TEST_F(InventoryTest, ANodeGroupHasItsNewSizesAndType) {
    const auto id = eks(east, ClusterName("dev"), NodegroupName("nodes"));
    EksNodegroup nodes{
        .seen = {.id = id, .size = {2, 1, 4}, .state = "ACTIVE"}, .status = "ACTIVE", .instance_type = "t3"};
    EksCluster dev{.region = east, .name = ClusterName("dev"), .status = "ACTIVE", .nodegroups = {nodes}};
    inventory.put(Kind::eks, east, std::vector{dev}, now);
    Observation seen{.id = id, .size = {0, 0, 4}, .state = "UPDATING"};
    seen.details = {{"instance_type", "t4"}};
    inventory.put(seen);
    const auto& group = stock<std::vector<EksCluster>>(Kind::eks).at(0).nodegroups.at(0);
    EXPECT_EQ(group.seen.size, (Size{0, 0, 4}));
    EXPECT_EQ(group.status, "UPDATING");
    EXPECT_EQ(group.instance_type, "t4");
}

TEST_F(InventoryTest, ALookThatFailsMarksItsListAndAGoodOneEndsThat) {
    const auto id = ec2(east, InstanceId("i-1"));
    const Error no_keys{.code = ErrorCode::no_credentials, .message = "No keys."};
    const auto trouble = [&] { return inventory.listings().at({Kind::ec2, east}).trouble; };
    inventory.fail_describe(id, no_keys);
    EXPECT_EQ(trouble(), no_keys);
    Observation seen{.id = id};
    seen.account = AccountId("123456789012");
    inventory.put(seen);
    EXPECT_EQ(trouble(), std::nullopt) << "though nobody has asked for this list";
    inventory.fail(Kind::ec2, east, Error{.code = ErrorCode::access_denied, .message = "No list."});
    inventory.put(Observation{.id = id});
    EXPECT_EQ(trouble()->code, ErrorCode::access_denied) << "a look says nothing of the list";
}

TEST_F(InventoryTest, WhyAListCouldNotBeReadIsNotKnownForEver) {
    inventory.ask(Kind::ec2, east, now.boot);
    inventory.fail(Kind::ec2, east, Error{.code = ErrorCode::access_denied, .message = "No list."});
    inventory.forget_old_troubles(now.boot + 10min);
    EXPECT_TRUE(inventory.listings().at({Kind::ec2, east}).trouble);
    inventory.forget_old_troubles(now.boot + 11min);
    EXPECT_FALSE(inventory.listings().at({Kind::ec2, east}).trouble);
    inventory.fail(Kind::ec2, east, Error{.code = ErrorCode::no_credentials, .message = "No keys."});
    inventory.put(Observation{.id = ec2(east, InstanceId("i-1"))});
    EXPECT_FALSE(inventory.listings().at({Kind::ec2, east}).trouble) << "there are keys";
}

TEST_F(InventoryTest, AListThatIsIncompleteSaysSo) {
    Listing survey(std::vector<Item>{});
    survey.incomplete = Error{.code = ErrorCode::aws_error, .message = "No end."};
    inventory.put(Kind::asg, east, survey, now);
    EXPECT_EQ(inventory.listings().at({Kind::asg, east}).trouble->message, "No end.");
}

}  // namespace
}  // namespace doze::core
