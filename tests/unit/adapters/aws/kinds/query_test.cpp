#include <gtest/gtest.h>

#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::query_test {
namespace {

TEST(Query, PutsEverythingIntoAForm) {
    const auto call = query_call("ec2", Region("us-east-1"), "DescribeInstances", "2016-11-15",
                                 {{"Filter.1.Name", "tag:a b"}, {"NextToken", "a+/=&~-_.\xC3\xA9"}});
    EXPECT_EQ(call.body,
              "Action=DescribeInstances&Filter.1.Name=tag%3Aa%20b&NextToken=a%2B%2F%3D%26~-_.%C3%A9&"
              "Version=2016-11-15");
    EXPECT_EQ(call.method, "POST");
    EXPECT_EQ(call.service, "ec2");
    EXPECT_EQ(call.iam_action, "ec2:DescribeInstances");
    EXPECT_TRUE(call.query.empty());
}

TEST(Query, CountsTheInstancesOfAChange) {
    const auto count = [](QueryPairs parameters) {
        return query_call("ec2", Region("us-east-1"), "StopInstances", "2016-11-15", std::move(parameters)).resources;
    };
    EXPECT_EQ(count({{"InstanceId.1", "i-1"}, {"InstanceId.2", "i-2"}, {"Force", "false"}}), 2U);
    EXPECT_EQ(count({{"InstanceId", "i-1"}}), 0U);
}

TEST(Query, NamesTheActionAsPoliciesDo) {
    EXPECT_EQ(query_call("monitoring", Region("us-east-1"), "GetMetricData", "2010-08-01", {}).iam_action,
              "cloudwatch:GetMetricData");
}

}  // namespace
}  // namespace doze::aws::query_test
