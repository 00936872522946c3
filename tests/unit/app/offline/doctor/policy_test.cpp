#include "app/offline/doctor/policy.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doze::doctor::policy_test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view account = "123456789012";
const Region us{"us-east-1"};
const Region seoul{"ap-northeast-2"};

const Statement* find(const std::vector<Statement>& policy, std::string_view sid) {
    const auto found = std::ranges::find(policy, sid, &Statement::sid);
    return found == policy.end() ? nullptr : &*found;
}

TEST(Policy, NarrowsStopAndStartToTheRegisteredInstances) {
    const std::vector ids{core::ec2(us, InstanceId("i-0aa1")), core::ec2(seoul, InstanceId("i-0bb2"))};
    const auto policy = least_policy(ids, account);
    const auto* ec2 = find(policy, "Ec2");
    ASSERT_NE(ec2, nullptr);
    EXPECT_THAT(ec2->actions, ElementsAre("ec2:StopInstances", "ec2:StartInstances", "ec2:DescribeInstanceAttribute"));
    EXPECT_THAT(ec2->resources, ElementsAre("arn:aws:ec2:ap-northeast-2:123456789012:instance/i-0bb2",
                                            "arn:aws:ec2:us-east-1:123456789012:instance/i-0aa1"));
    const auto* see = find(policy, "See");
    ASSERT_NE(see, nullptr);
    EXPECT_THAT(see->actions, Contains("ec2:DescribeInstances"));
    EXPECT_THAT(see->resources, ElementsAre("*"));
}

TEST(Policy, AllowsNothingOfKindsThatAreNotRegistered) {
    const std::vector ids{core::ec2(us, InstanceId("i-0aa1"))};
    for (const auto& statement : least_policy(ids, account)) {
        for (const auto& action : statement.actions) EXPECT_FALSE(action.starts_with("eks:")) << action;
    }
}

TEST(Policy, NamesServicesAndNodeGroupsWithTheirClusters) {
    const std::vector ids{core::ecs(us, ClusterName("dev"), ServiceName("web")),
                          core::eks(us, ClusterName("dev"), NodegroupName("workers"))};
    const auto policy = least_policy(ids, account);
    ASSERT_NE(find(policy, "Ecs"), nullptr);
    EXPECT_THAT(find(policy, "Ecs")->resources, ElementsAre("arn:aws:ecs:us-east-1:123456789012:service/dev/web"));
    ASSERT_NE(find(policy, "Eks"), nullptr);
    EXPECT_THAT(find(policy, "Eks")->resources,
                ElementsAre("arn:aws:eks:us-east-1:123456789012:nodegroup/dev/workers/*"));
    EXPECT_THAT(find(policy, "Eks")->actions, ElementsAre("eks:UpdateNodegroupConfig"));
}

TEST(Policy, LetsASurveySeeWhatIsNotRegisteredToo) {
    const std::vector ids{core::ecs(us, ClusterName("dev"), ServiceName("web")),
                          core::eks(us, ClusterName("dev"), NodegroupName("workers"))};
    const auto policy = least_policy(ids, account);
    EXPECT_THAT(find(policy, "See")->actions, Contains("ecs:DescribeServices"));
    EXPECT_THAT(find(policy, "See")->actions, Contains("eks:DescribeNodegroup"));
}

TEST(Policy, TakesThePartitionFromTheRegion) {
    const aws::Permission stop{.action = "ec2:StopInstances", .resource = "instance/{name}"};
    const auto arn = [&](const char* region) {
        return arn_of(stop, core::ec2(Region(region), InstanceId("i-0aa1")), account);
    };
    EXPECT_EQ(arn("cn-north-1"), "arn:aws-cn:ec2:cn-north-1:123456789012:instance/i-0aa1");
    EXPECT_EQ(arn("us-gov-west-1"), "arn:aws-us-gov:ec2:us-gov-west-1:123456789012:instance/i-0aa1");
    EXPECT_EQ(arn("eu-west-1"), "arn:aws:ec2:eu-west-1:123456789012:instance/i-0aa1");
}

TEST(Policy, TakesAStarInANameForItself) {
    const aws::Permission update{.action = "autoscaling:UpdateAutoScalingGroup",
                                 .resource = "autoScalingGroup:*:autoScalingGroupName/{name}"};
    EXPECT_EQ(arn_of(update, core::asg(us, GroupName("a*b$c")), account),
              "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:*:autoScalingGroupName/a${*}b${$}c");
}

TEST(Policy, ForAllHasEveryKindAndNoResourceOfItsOwn) {
    const std::vector regions{us, seoul, Region("cn-north-1")};
    const auto policy = policy_for_all(regions, account);
    EXPECT_THAT(find(policy, "Ec2")->resources,
                ElementsAre("arn:aws-cn:ec2:*:123456789012:instance/*", "arn:aws:ec2:*:123456789012:instance/*"));
    EXPECT_THAT(find(policy, "Eks")->resources, Contains("arn:aws:eks:*:123456789012:nodegroup/*/*/*"));
    EXPECT_LT(counted_size(boost::json::serialize(to_json(policy))), managed_policy_limit);
}

TEST(Policy, AllowsEachActionOnceOnly) {
    const std::vector ids{core::ec2(us, InstanceId("i-0aa1")), core::ecs(us, ClusterName("dev"), ServiceName("web")),
                          core::eks(us, ClusterName("dev"), NodegroupName("workers"))};
    std::vector<std::string> seen;
    for (const auto& statement : least_policy(ids, account)) {
        for (const auto& action : statement.actions) {
            EXPECT_THAT(seen, Not(Contains(action)));
            seen.push_back(action);
        }
    }
}

TEST(Policy, IsEmptyWhereNothingIsRegistered) {
    EXPECT_THAT(least_policy({}, account), IsEmpty());
}

TEST(Policy, IsWrittenAsIamTakesIt) {
    const std::vector<Statement> policy{
        {.sid = "Ec2", .actions = {"ec2:StopInstances"}, .resources = {"arn:aws:ec2:us-east-1:1:instance/i-0aa1"}}};
    EXPECT_EQ(boost::json::serialize(to_json(policy)),
              R"({"Version":"2012-10-17","Statement":[{"Sid":"Ec2","Effect":"Allow","Action":["ec2:StopInstances"],)"
              R"("Resource":["arn:aws:ec2:us-east-1:1:instance/i-0aa1"]}]})");
}

TEST(Policy, CountsAsIamDoesWithoutWhiteSpace) {
    EXPECT_EQ(counted_size("{ \"a\":\n\t1 }\r\n"), 7U);
}

TEST(Policy, SaysWhyEachActionIsThere) {
    const auto all = reasons({core::Kind::ec2, core::Kind::eks});
    const auto why = [&](std::string_view action) { return std::ranges::find(all, action, &Reason::action)->why; };
    EXPECT_EQ(why("ec2:StopInstances"), "To put it to sleep.");
    EXPECT_EQ(why("eks:UpdateNodegroupConfig"), "To put it to sleep. To wake it.");
}

}  // namespace
}  // namespace doze::doctor::policy_test
