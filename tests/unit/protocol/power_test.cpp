#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

const core::ResourceId web = core::ec2(Region("us-east-1"), InstanceId("i-0123456789abcdef0"));
const core::ResourceId api = core::ecs(Region("us-east-1"), ClusterName("dev"), ServiceName("api"));
const core::ResourceId nodes = core::eks(Region("us-east-1"), ClusterName("dev"), NodegroupName("nodes"));
const core::ResourceId fleet = core::asg(Region("us-east-1"), GroupName("fleet"));
const core::ResourceId orders = core::rds(Region("us-east-1"), DatabaseName("orders"));
const core::ResourceId ledger = core::rds_cluster(Region("us-east-1"), DatabaseName("ledger"));

TEST(Start, IsOrderedAndAnsweredWhenDone) {
    Desk desk;
    desk.send("START_EC2:i-0123456789abcdef0:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, web);
    EXPECT_TRUE(desk.replies.empty());
    desk.host.finish(core::RequestResult{.message = "i-0123456789abcdef0 starts.", .state = "pending"});
    EXPECT_EQ(desk.replies.at(0), R"({"status":"success","state":"pending","message":"i-0123456789abcdef0 starts."})");
}

TEST(Power, OfEachKindNamesItsResource) {
    Desk desk;
    desk.send("stop_ec2:i-0123456789abcdef0:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, web);
    desk.send("START_ECS:dev:api:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, api);
    desk.send("STOP_ECS:dev:api:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, api);
    desk.send("SCALE_EKS:dev:nodes:us-east-1:3");
    EXPECT_EQ(desk.host.last_order<core::ScaleRequested>().id, nodes);
    EXPECT_EQ(desk.host.last_order<core::ScaleRequested>().desired, 3);
    desk.send("START_ASG:fleet:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, fleet);
    desk.send("STOP_ASG:fleet:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, fleet);
    desk.send("SCALE_ASG:fleet:us-east-1:3");
    EXPECT_EQ(desk.host.last_order<core::ScaleRequested>().id, fleet);
    desk.send("START_RDS:orders:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, orders);
    desk.send("STOP_RDS:Orders:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, orders) << "AWS keeps names of databases in lower case";
    desk.send("START_RDS_CLUSTER:ledger:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, ledger);
    desk.send("STOP_RDS_CLUSTER:ledger:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, ledger);
}

TEST(Power, SaysWhichPartIsWrong) {
    Desk desk;
    const auto why = [&](std::string_view message) { return message_of(desk.ask(message)); };
    EXPECT_EQ(why("START_EC2:x:us-east-1"), "'x' is not a valid instance id. It looks like i-0123456789abcdef0.");
    EXPECT_EQ(why("START_EC2::us-east-1"), "The instance id is missing. It looks like i-0123456789abcdef0.");
    EXPECT_EQ(why("START_EC2:i-0123456789abcdef0:mars"), "'mars' is not a valid region. It looks like us-east-1.");
    EXPECT_EQ(why("SCALE_EKS:dev:nodes:us-east-1:many"),
              "'many' is not a valid count. It is a whole number from 0 to 10000.");
    EXPECT_EQ(why("START_ASG:fleet"), "START_ASG needs group:region: the region is missing.");
    EXPECT_EQ(why("STOP_RDS::us-east-1").substr(0, 35), "The database identifier is missing.");
    EXPECT_EQ(error_of(desk.ask("SCALE_RDS:orders:us-east-1:2")), "UNKNOWN_COMMAND");
    for (const std::string_view count : {"-1", "99999999999999999999", "1.5", "+1", "1e3", "10001"})
        EXPECT_EQ(error_of(desk.ask("SCALE_EKS:dev:nodes:us-east-1:" + std::string(count))), "BAD_REQUEST") << count;
    EXPECT_TRUE(desk.host.orders.empty());
}

TEST(Power, ThatFailsIsAnError) {
    Desk desk;
    desk.send("STOP_EC2:i-0123456789abcdef0:us-east-1");
    desk.host.finish(
        Error{.code = ErrorCode::aws_error, .message = "AWS said no.", .aws_code = "OperationNotPermitted"});
    EXPECT_EQ(desk.replies.at(0),
              R"_({"status":"error","error":"AWS_ERROR","message":"AWS said no. (AWS: OperationNotPermitted)"})_");
}

std::string status(std::string_view content) {
    return R"({"id":"s","type":"AWS_SERVICE_STATUS","content":)" + std::string(content) + "}";
}

TEST(ServiceStatus, StartsStopsAndScales) {
    Desk desk;
    desk.send(
        status(R"({"action":"START","service_type":"EC2","instance_id":"i-0123456789abcdef0","region":"us-east-1"})"));
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, web);
    desk.host.finish(core::RequestResult{.message = "Starting.", .state = "pending"});
    const auto reply = desk.last();
    EXPECT_EQ(reply.at("id"), "s");
    EXPECT_EQ(reply.at("type"), "AWS_SERVICE_STATUS");
    EXPECT_EQ(boost::json::serialize(reply.at("content")),
              R"({"result":true,"service_type":"EC2","action":"START","state":"pending","message":"Starting."})");

    desk.send(status(
        R"({"action":"stop","service_type":"ecs","cluster_name":"dev","service_name":"api","region":"us-east-1"})"));
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, api);
    desk.send(status(
        R"({"action":"SCALE","service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1","desired_size":2})"));
    EXPECT_EQ(desk.host.last_order<core::ScaleRequested>().desired, 2);
    desk.send(status(
        R"({"action":"START","service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1","desired_size":null})"));
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, nodes);
    desk.send(status(
        R"({"action":"START","service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1","desired_size":4})"));
    EXPECT_EQ(desk.host.last_order<core::ScaleRequested>().desired, 4);
    desk.send(status(
        R"({"action":"STOP","service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1","desired_size":4})"));
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, nodes);
    desk.send(status(
        R"({"action":"SCALE","service_type":"ASG","group_name":"fleet","region":"us-east-1","desired_size":3})"));
    EXPECT_EQ(desk.host.last_order<core::ScaleRequested>().id, fleet);
    desk.send(status(R"({"action":"STOP","service_type":"RDS","db_instance":"orders","region":"us-east-1"})"));
    EXPECT_EQ(desk.host.last_order<core::StopRequested>().id, orders);
    desk.send(status(R"({"action":"START","service_type":"rds_cluster","db_cluster":"ledger","region":"us-east-1"})"));
    EXPECT_EQ(desk.host.last_order<core::StartRequested>().id, ledger);
}

TEST(ServiceStatus, SaysWhichMemberIsWrong) {
    Desk desk;
    const auto why = [&](std::string_view content) {
        const auto reply = desk.ask(status(content));
        EXPECT_EQ(error_of(reply), "BAD_REQUEST");
        return message_of(reply);
    };
    EXPECT_EQ(why("{}"), "The member 'action' is missing from the content.");
    EXPECT_EQ(why(R"({"action":7})"), "The member 'action' must be a string.");
    EXPECT_EQ(why(R"({"action":"KILL"})"), "The member 'action' must be START, STOP or SCALE, and is 'KILL'.");
    std::string kinds;
    for (const auto& kind : core::kinds()) kinds.append(kinds.empty() ? "" : ", ").append(kind.command);
    EXPECT_EQ(why(R"({"action":"START","service_type":"S3"})"),
              fmt::format("The member 'service_type' must be one of {}, and is 'S3'.", kinds));
    EXPECT_EQ(why(R"({"action":"START","service_type":"EC2"})"),
              "The member 'instance_id' is missing from the content.");
    EXPECT_EQ(why(R"({"action":"START","service_type":"EC2","instance_id":"x"})"),
              "instance_id: 'x' is not a valid instance id. It looks like i-0123456789abcdef0.");
    EXPECT_EQ(why(R"({"action":"START","service_type":"EC2","instance_id":"i-0123456789abcdef0"})"),
              "The member 'region' is missing from the content.");
    const std::string group =
        R"("service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1")";
    EXPECT_EQ(why(R"({"action":"SCALE",)" + group + "}"), "The member 'desired_size' is missing from the content.");
    for (const std::string_view size : {"-3", "1e308", "1.5", "\"2\"", "99999999999999999999", "[]"})
        EXPECT_EQ(why(R"({"action":"SCALE",)" + group + R"(,"desired_size":)" + std::string(size) + "}"),
                  "The member 'desired_size' must be a whole number from 0 to 10000.")
            << size;
    EXPECT_EQ(
        why(R"({"action":"SCALE","service_type":"ECS","cluster_name":"a","service_name":"b","region":"us-east-1"})"),
        "Only EKS node groups and Auto Scaling groups can be scaled.");
    EXPECT_EQ(why(R"({"action":"SCALE","service_type":"RDS","db_instance":"orders","region":"us-east-1"})"),
              "Only EKS node groups and Auto Scaling groups can be scaled.");
    EXPECT_EQ(why(R"({"action":"STOP","service_type":"RDS_CLUSTER","db_instance":"ledger","region":"us-east-1"})"),
              "The member 'db_cluster' is missing from the content.");
    EXPECT_TRUE(desk.host.orders.empty());
}

TEST(ServiceStatus, ThatFailsIsAnErrorMessage) {
    Desk desk;
    desk.send(
        status(R"({"action":"STOP","service_type":"EC2","instance_id":"i-0123456789abcdef0","region":"us-east-1"})"));
    desk.host.finish(Error{.code = ErrorCode::not_found, .message = "It is not there.", .next_step = "Look again."});
    EXPECT_EQ(error_of(desk.last()), "NOT_FOUND");
    EXPECT_EQ(message_of(desk.last()), "It is not there. Look again.");
    EXPECT_EQ(desk.last().at("content").at("request_type"), "AWS_SERVICE_STATUS");
}

}  // namespace
}  // namespace doze::protocol
