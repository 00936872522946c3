#include "adapters/aws/kinds/aws_cloud.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <memory>
#include <optional>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/kinds/ec2.hpp"
#include "aws_fixture.hpp"

namespace doze::aws::aws_cloud_test {
namespace {

using testing::SizeIs;

const Region us{"us-east-1"};
const auto instance = core::ec2(us, InstanceId("i-1"));
const auto other = core::ec2(us, InstanceId("i-2"));
const auto service = core::ecs(us, ClusterName("office"), ServiceName("api"));
const auto nodegroup = core::eks(us, ClusterName("k0"), NodegroupName("pool"));
const auto group = core::asg(us, GroupName("fleet"));
const auto database = core::rds(us, DatabaseName("orders"));
const auto databases = core::rds_cluster(us, DatabaseName("ledger"));

std::vector<core::Target> one_of_each() {
    return {{.id = instance, .size = {1}, .pool = "a"},
            {.id = other, .size = {1}, .pool = "b"},
            {.id = service, .size = {3}, .pool = ""},
            {.id = nodegroup, .size = {.desired = 2, .min = 1, .max = 4}, .pool = ""},
            {.id = group, .size = {.desired = 2, .min = 1, .max = 4}, .pool = ""},
            {.id = database, .size = {1}, .pool = ""},
            {.id = databases, .size = {1}, .pool = ""}};
}

class AwsCloudTest : public AwsTest {};

TEST_F(AwsCloudTest, AnswersForEachKindOfOneRequest) {
    client.answer = [](const Call&) -> Result<std::string> { return refusal("", Recovery::retry); };
    expect_once_each(describe({instance, service, nodegroup, other, group, database, databases}), 7);
    expect_once_each(sleep(one_of_each()), 7);
    expect_once_each(wake(one_of_each()), 7);
}

TEST_F(AwsCloudTest, AnswersOnceForAResourceThatIsNamedTwice) {
    client.answer = [](const Call&) -> Result<std::string> { return refusal("", Recovery::retry); };
    auto twice = one_of_each();
    for (const auto& target : one_of_each()) twice.push_back(target);
    expect_once_each(wake(twice), 7);
}

TEST_F(AwsCloudTest, NothingToDoIsNothingDone) {
    EXPECT_TRUE(describe({}).empty());
    EXPECT_TRUE(sleep({}).empty());
    EXPECT_THAT(client.calls, SizeIs(0));
}

TEST_F(AwsCloudTest, NeverCallsBackBeforeItReturned) {
    bool returned = false;
    cloud.describe({instance}, core::Depth::usual, [&](const auto&, const auto&) { EXPECT_TRUE(returned); });
    EXPECT_THAT(client.calls, SizeIs(0));
    returned = true;
    run();
}

TEST_F(AwsCloudTest, AsksAllRegionsAndKindsSideBySide) {
    for (const auto* region : {"us-east-1", "us-west-2", "eu-west-1"}) {
        for (const auto& kind : core::kinds()) cloud.list(kind.kind, Region(region), [](const auto&, const auto&) {});
    }
    run();
    EXPECT_EQ(client.most_at_once, 18U);
}

TEST_F(AwsCloudTest, ReachesEachResourceWithItsProfile) {
    FakeClient other_account;
    const AwsCloud::Clients clients = [&](const ProfileName& profile) -> Client& {
        return profile == ProfileName("work") ? other_account : client;
    };
    AwsCloud both(io.get_executor(), clock, clients);
    auto at_work = instance;
    at_work.profile = ProfileName("work");
    client.answer = other_account.answer = [](const Call&) -> Result<std::string> {
        return "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>" + instance.name +
               "</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item>"
               "</reservationSet></DescribeInstancesResponse>";
    };
    std::map<core::ResourceId, core::Observation> seen;
    both.describe({instance, at_work}, core::Depth::usual,
                  [&](const core::ResourceId& id, const auto& one) { seen[id] = one.value(); });
    run();
    EXPECT_EQ(client.calls.size(), 1U);
    EXPECT_EQ(other_account.calls.size(), 1U);
    ASSERT_TRUE(seen.contains(at_work));
    EXPECT_EQ(seen.at(at_work).id, at_work);
    EXPECT_EQ(seen.at(at_work).phase, core::Phase::awake);
    EXPECT_EQ(seen.at(instance).id, instance);
}

TEST_F(AwsCloudTest, ListsTheRegionsOfTheAccount) {
    client.answer = [](const Call& call) -> Result<std::string> {
        EXPECT_EQ(call.operation, "DescribeRegions");
        return "<DescribeRegionsResponse><regionInfo><item><regionName>us-east-1</regionName></item>"
               "<item><regionName>eu-west-1</regionName></item></regionInfo></DescribeRegionsResponse>";
    };
    std::optional<Result<std::vector<Region>>> regions;
    boost::asio::co_spawn(io, ec2::regions(client, us), [&](auto, auto found) { regions = std::move(found); });
    run();
    EXPECT_EQ(regions->value(), (std::vector{eu, us}));
}

/// Lets a call in flight outlive its cloud.
TEST(AwsCloudLife, IsSilentOnceDestroyedWhateverWasUnderWay) {
    // However many turns of the loop it got before.
    for (int turns = 0; turns < 12; ++turns) {
        const fakes::FakeClock clock;
        boost::asio::io_context io;
        FakeClient client;
        client.answer = [](const Call&) -> Result<std::string> { return refusal("IncorrectInstanceState"); };
        auto cloud = std::make_unique<AwsCloud>(io.get_executor(), clock, always(client));
        bool alive = true;
        const auto outcome = [&alive](const core::ResourceId&, const auto&) { EXPECT_TRUE(alive); };
        cloud->sleep(one_of_each(), outcome);
        cloud->wake(one_of_each(), outcome);
        cloud->describe({instance, service, nodegroup, group, database, databases}, core::Depth::usual, outcome);
        for (const auto& kind : core::kinds())
            cloud->list(kind.kind, us, [&alive](const auto&, const auto&) { EXPECT_TRUE(alive); });
        for (int turn = 0; turn < turns * 4; ++turn) io.run_one();
        const auto calls = client.calls.size();
        cloud.reset();
        alive = false;
        io.run();
        EXPECT_EQ(client.calls.size(), calls) << "no further call goes out";
    }
}

TEST(AwsCloudLife, BearsTheEndOfTheLoopWithCallsUnderWay) {
    FakeClient client;
    const fakes::FakeClock clock;
    boost::asio::io_context io;
    AwsCloud cloud(io.get_executor(), clock, always(client));
    cloud.sleep(one_of_each(), [](const auto&, const auto&) {});
    cloud.list(core::Kind::eks, us, [](const auto&, const auto&) {});
    for (int turn = 0; turn < 6; ++turn) io.run_one();
    EXPECT_FALSE(client.calls.empty());
}

TEST(AwsCloudLife, MayBeDestroyedByItsOwnCallback) {
    const fakes::FakeClock clock;
    boost::asio::io_context io;
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> { return refusal("", Recovery::retry); };
    auto cloud = std::make_unique<AwsCloud>(io.get_executor(), clock, always(client));
    int answers = 0;
    cloud->describe({instance, other, service}, core::Depth::usual, [&](const auto&, const auto&) {
        ++answers;
        cloud.reset();
    });
    io.run();
    EXPECT_EQ(answers, 1);
}

TEST(AtOnce, RunsAllButNeverMoreThanAllowed) {
    for (const std::size_t count : {0U, 1U, 3U, 4U, 100U}) {
        const fakes::FakeClock clock;
        boost::asio::io_context io;
        std::size_t running = 0;
        std::size_t most = 0;
        std::size_t done = 0;
        const auto body = [&](std::size_t) -> boost::asio::awaitable<void> {
            most = std::max(most, ++running);
            co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
            --running;
            ++done;
        };
        bool completed = false;
        boost::asio::co_spawn(io, at_once(4, count, body), [&](std::exception_ptr) { completed = true; });
        io.run();
        EXPECT_TRUE(completed);
        EXPECT_EQ(done, count);
        EXPECT_EQ(most, std::min<std::size_t>(4, count));
    }
}

}  // namespace
}  // namespace doze::aws::aws_cloud_test
