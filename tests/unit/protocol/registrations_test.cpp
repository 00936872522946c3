#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

const core::ResourceId group = core::eks(Region("us-east-1"), ClusterName("dev"), NodegroupName("nodes"));

TEST(Register, OfEachKindNamesItsResource) {
    Desk desk;
    desk.send("REGISTER_EC2:i-0123456789abcdef0:us-east-1");
    EXPECT_EQ(to_string(desk.host.last_order<core::RegisterRequested>().registration.id),
              "ec2:us-east-1:i-0123456789abcdef0");
    desk.send("REGISTER_ECS:dev:api:us-east-1");
    EXPECT_EQ(to_string(desk.host.last_order<core::RegisterRequested>().registration.id), "ecs:us-east-1:dev/api");
    desk.send("REGISTER_ASG:fleet:us-east-1");
    EXPECT_EQ(to_string(desk.host.last_order<core::RegisterRequested>().registration.id), "asg:us-east-1:fleet");
    desk.send("REGISTER_RDS:orders:us-east-1");
    EXPECT_EQ(to_string(desk.host.last_order<core::RegisterRequested>().registration.id), "rds:us-east-1:orders");
    desk.send("UNREGISTER_RDS_CLUSTER:ledger:us-east-1");
    EXPECT_EQ(to_string(desk.host.last_order<core::UnregisterRequested>().id), "rds-cluster:us-east-1:ledger");
    desk.host.orders.clear();
    desk.host.waiting.clear();
    desk.send("REGISTER_EKS:dev:nodes:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::RegisterRequested>().registration, core::Registration{.id = group});
    desk.host.finish(core::RequestResult{.message = "Registered."});
    EXPECT_EQ(desk.replies.at(0), R"({"status":"success","message":"Registered."})");
    desk.send("UNREGISTER_EKS:dev:nodes:us-east-1");
    EXPECT_EQ(desk.host.last_order<core::UnregisterRequested>().id, group);
}

TEST(Register, TakesWhatServicesYamlHas) {
    Desk desk;
    desk.send(R"({"id":1,"type":"REGISTER_SERVICE","content":{"service_type":"EKS","cluster_name":"dev",
        "nodegroup_name":"nodes","region":"us-east-1","description":"build farm","desired_size":2,"force":true}})");
    const core::Registration wanted{.id = group, .description = "build farm", .desired_size = 2, .force = true};
    EXPECT_EQ(desk.host.last_order<core::RegisterRequested>().registration, wanted);
    desk.host.finish(core::RequestResult{.message = "Registered.", .registration = wanted});
    EXPECT_EQ(
        boost::json::serialize(desk.last().at("content")),
        R"({"result":true,"service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes",)"
        R"("region":"us-east-1","desired_size":2,"description":"build farm","force":true,"message":"Registered."})");
}

TEST(Register, TakesASizeForAGroupAndALimitOfLoadForADatabase) {
    Desk desk;
    desk.send(R"({"type":"REGISTER_SERVICE","content":{"service_type":"ASG","group_name":"fleet","region":"us-east-1",
        "desired_size":2}})");
    EXPECT_EQ(desk.host.last_order<core::RegisterRequested>().registration.desired_size, 2);
    desk.send(R"({"type":"REGISTER_SERVICE","content":{"service_type":"RDS","db_instance":"orders","region":"us-east-1",
        "busy_cpu_percent":5}})");
    EXPECT_EQ(desk.host.last_order<core::RegisterRequested>().registration.busy_cpu_percent, 5);
    const auto refused = desk.ask(R"({"type":"REGISTER_SERVICE","content":{"service_type":"RDS","db_instance":"orders",
        "region":"us-east-1","desired_size":2}})");
    EXPECT_EQ(message_of(refused), "The member 'desired_size' is not for an RDS instance.");
}

TEST(Register, SaysWhatIsWrong) {
    Desk desk;
    const auto why = [&](std::string_view members) {
        return message_of(desk.ask(
            R"({"type":"REGISTER_SERVICE","content":{"service_type":"EC2","instance_id":"i-0123456789abcdef0","region":"us-east-1",)" +
            std::string(members) + "}}"));
    };
    EXPECT_EQ(why(R"("force":1)"), "The member 'force' must be true or false.");
    EXPECT_EQ(why(R"("desired_size":1)"), "The member 'desired_size' is not for an EC2 instance.");
    EXPECT_EQ(why(R"("description":"a\nb")"), "The member 'description' must be one line of at most 256 characters.");
    EXPECT_TRUE(desk.host.orders.empty());
}

TEST(Register, ThatIsGuardedIsAnError) {
    Desk desk;
    desk.send("REGISTER_EKS:dev:nodes:us-east-1");
    desk.host.finish(Error{.code = ErrorCode::guarded, .message = "The tag env=production guards it."});
    EXPECT_EQ(error_of(desk.last()), "GUARDED");
}

TEST(Unregister, GivesBackTheRegistration) {
    Desk desk;
    desk.send(
        R"({"type":"UNREGISTER_SERVICE","content":{"service_type":"ECS","cluster_name":"dev","service_name":"api","region":"us-east-1"}})");
    desk.host.finish(core::RequestResult{.message = "Unregistered."});
    EXPECT_EQ(desk.last().at("content").at("service_name"), "api");
    EXPECT_EQ(desk.last().at("type"), "UNREGISTER_SERVICE");
}

TEST(Register, FitsIntoASmallReplyWhateverTheNames) {
    Desk desk;
    desk.send("{\"type\":\"REGISTER_SERVICE\",\"content\":{\"service_type\":\"ECS\",\"cluster_name\":\"" +
                  std::string(255, 'c') + "\",\"service_name\":\"" + std::string(255, 's') +
                  "\",\"region\":\"us-east-1\"}}",
              512);
    desk.host.finish(core::RequestResult{.message = "Registered."});
    EXPECT_LE(desk.replies.back().size(), 512U);
    EXPECT_EQ(desk.last().at("content").at("result"), true);
}

}  // namespace
}  // namespace doze::protocol
