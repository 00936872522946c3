// Lists that an endpoint which is not AWS's hands out without end.
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/adapters/aws/kinds/aws_fixture.hpp"

namespace doze::aws {
namespace {

using core::Kind;
using testing::HasSubstr;

class EndlessTest : public AwsTest {
   protected:
    int page = 0;

    std::string token() { return "t" + std::to_string(++page); }

    std::string instances(int count, const std::string& next) {
        std::string items;
        for (int i = 0; i < count; ++i)
            items += "<item><instancesSet><item><instanceId>i-" + std::to_string(page * count + i) +
                     "</instanceId><instanceState><name>running</name></instanceState></item></instancesSet></item>";
        return "<DescribeInstancesResponse><reservationSet>" + items + "</reservationSet><nextToken>" + next +
               "</nextToken></DescribeInstancesResponse>";
    }

    /// What a listing reads before it ends; it must say that it is incomplete.
    core::Listing end_of(Kind kind, std::ptrdiff_t pages, std::string_view operation) {
        client.calls.clear();
        auto listing = this->list(kind, us);
        EXPECT_TRUE(listing) << listing.error().message;
        EXPECT_TRUE(listing->incomplete) << core::to_string(kind);
        EXPECT_THAT(listing->incomplete->message, HasSubstr("incomplete"));
        EXPECT_EQ(listing->incomplete->recovery, Recovery::tell);
        EXPECT_EQ(client.count(operation), pages) << core::to_string(kind);
        return std::move(*listing);
    }
};

TEST_F(EndlessTest, EndAfterAThousandPages) {
    client.answer = [this](const Call& call) -> Result<std::string> {
        const auto next = token();
        if (call.operation == "DescribeInstances") return instances(1, next);
        const auto query = [&](const std::string& list, const std::string& item, const std::string& token_name) {
            return "<" + call.operation + "Response><" + call.operation + "Result><" + list + ">" + item + "</" + list +
                   "><" + token_name + ">" + next + "</" + token_name + "></" + call.operation + "Result></" +
                   call.operation + "Response>";
        };
        if (call.operation == "DescribeAutoScalingGroups")
            return query("AutoScalingGroups",
                         "<member><AutoScalingGroupName>g</AutoScalingGroupName><MinSize>1</MinSize>"
                         "<DesiredCapacity>1</DesiredCapacity><MaxSize>1</MaxSize></member>",
                         "NextToken");
        if (call.operation == "DescribeDBInstances")
            return query("DBInstances",
                         "<DBInstance><DBInstanceIdentifier>d</DBInstanceIdentifier><DBInstanceStatus>available"
                         "</DBInstanceStatus></DBInstance>",
                         "Marker");
        if (call.operation == "DescribeDBClusters")
            return query(
                "DBClusters",
                "<DBCluster><DBClusterIdentifier>c</DBClusterIdentifier><Status>available</Status></DBCluster>",
                "Marker");
        return refusal("Unexpected" + call.operation);
    };
    EXPECT_EQ(std::get<std::vector<core::Ec2Instance>>(end_of(Kind::ec2, 1000, "DescribeInstances")).size(), 1000U);
    EXPECT_EQ(std::get<std::vector<core::Item>>(end_of(Kind::asg, 1000, "DescribeAutoScalingGroups")).size(), 1000U);
    EXPECT_EQ(std::get<std::vector<core::Item>>(end_of(Kind::rds, 1000, "DescribeDBInstances")).size(), 1000U);
    EXPECT_EQ(std::get<std::vector<core::Item>>(end_of(Kind::rds_cluster, 1000, "DescribeDBClusters")).size(), 1000U);
}

TEST_F(EndlessTest, EndAfterAMillionItems) {
    std::string names;
    for (int i = 0; i < 100'000; ++i) names += i == 0 ? R"("k")" : R"(,"k")";
    client.answer = [&](const Call& call) -> Result<std::string> {
        if (call.operation == "ListClusters")
            return R"({"clusters":[)" + names + R"(],"nextToken":")" + token() + "\"}";
        return R"({"cluster":{"name":"k","status":"ACTIVE"}})";
    };
    EXPECT_EQ(std::get<std::vector<core::EksCluster>>(end_of(Kind::eks, 10, "ListClusters")).size(), 200U);
}

TEST_F(EndlessTest, EndWithinAnotherList) {
    client.answer = [this](const Call& call) -> Result<std::string> {
        if (call.operation == "ListClusters" && call.service == "ecs")
            return R"({"clusterArns":["arn:aws:ecs:r:1:cluster/a"]})";
        if (call.operation == "DescribeClusters") return R"({"clusters":[{"clusterName":"a","status":"ACTIVE"}]})";
        if (call.operation == "ListServices")
            return R"({"serviceArns":["arn:aws:ecs:r:1:service/a/s"],"nextToken":")" + token() + "\"}";
        if (call.operation == "DescribeServices")
            return R"({"services":[{"serviceName":"s","status":"ACTIVE","desiredCount":1,"runningCount":1}]})";
        if (call.operation == "ListClusters") return R"({"clusters":["k"]})";
        if (call.operation == "DescribeCluster") return R"({"cluster":{"name":"k","status":"ACTIVE"}})";
        if (call.operation == "ListNodegroups") return R"({"nodegroups":["n"],"nextToken":")" + token() + "\"}";
        return R"({"nodegroup":{"status":"ACTIVE","scalingConfig":{"minSize":1,"desiredSize":1,"maxSize":1}}})";
    };
    const auto ecs = std::get<std::vector<core::EcsCluster>>(end_of(Kind::ecs, 1000, "ListServices"));
    EXPECT_FALSE(ecs.at(0).services.empty()) << "what was read is shown";
    const auto eks = std::get<std::vector<core::EksCluster>>(end_of(Kind::eks, 1000, "ListNodegroups"));
    EXPECT_EQ(eks.at(0).nodegroups.size(), 200U) << "each takes a call of its own";
}

TEST_F(EndlessTest, EndWhereTheOuterListHasNoEnd) {
    client.answer = [this](const Call& call) -> Result<std::string> {
        if (call.operation == "ListClusters" && call.service == "ecs")
            return R"({"clusterArns":["arn:aws:ecs:r:1:cluster/a"],"nextToken":")" + token() + "\"}";
        if (call.operation == "DescribeClusters") return R"({"clusters":[{"clusterName":"a","status":"ACTIVE"}]})";
        if (call.operation == "ListClusters") return R"({"clusters":["k"],"nextToken":")" + token() + "\"}";
        if (call.operation == "DescribeCluster") return R"({"cluster":{"name":"k","status":"ACTIVE"}})";
        return refusal("Unexpected" + call.operation);
    };
    EXPECT_FALSE(std::get<std::vector<core::EcsCluster>>(end_of(Kind::ecs, 1000, "ListClusters")).empty());
    EXPECT_EQ(std::get<std::vector<core::EksCluster>>(end_of(Kind::eks, 1000, "ListClusters")).size(), 200U);
}

TEST_F(EndlessTest, ALookThatNeverEndsIsNoAnswer) {
    client.answer = [this](const Call&) -> Result<std::string> {
        const auto next = token();
        return instances(1, next);
    };
    const auto id = core::ec2(us, InstanceId("i-none"));
    EXPECT_FALSE(only(describe({id}), id)) << "gone it is not: the list had more pages";
}

}  // namespace
}  // namespace doze::aws
