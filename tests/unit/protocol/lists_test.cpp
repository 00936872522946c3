#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/reconcile/listing.hpp"
#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

using core::Kind;

class Lists : public testing::Test {
   protected:
    Lists() {
        auto& inventory = desk.host.change().inventory;
        auto guarded = instance("us-east-1", "i-00000000000000002", "db");
        guarded.seen.guard = core::Guard{.why = "The tag env=production guards it.", .by_tag = true};
        inventory.put(Kind::ec2, Region("us-east-1"),
                      std::vector{guarded, instance("us-east-1", "i-00000000000000001")}, desk.host.now());
        inventory.put(Kind::ec2, Region("eu-west-1"), std::vector{instance("eu-west-1", "i-00000000000000003", "")},
                      desk.host.now());
        inventory.put(Kind::ecs, Region("us-east-1"),
                      std::vector{ecs_cluster("us-east-1", "dev", {service("us-east-1", "dev", "api")}),
                                  ecs_cluster("us-east-1", "bare", {})},
                      desk.host.now());
        inventory.put(Kind::eks, Region("us-east-1"),
                      std::vector{eks_cluster("us-east-1", "dev", {nodegroup("us-east-1", "dev", "nodes")})},
                      desk.host.now());
    }

    void put_to_sleep(const core::ResourceId& id) {
        auto& tracked = desk.host.change().tracked.try_emplace(id, core::ResourceRecord{.id = id}).first->second;
        tracked.registration = core::Registration{.id = id, .description = "mine"};
        tracked.entry = core::JournalEntry{.id = id, .sleep_state = core::SleepState::asleep};
    }

    std::string content(std::string_view message) { return boost::json::serialize(desk.ask(message).at("content")); }

    Desk desk;
};

TEST_F(Lists, OfInstancesAreABareArrayInOrder) {
    EXPECT_EQ(
        desk.ask_text("LIST_EC2"),
        R"([{"id":"i-00000000000000003","name":"","type":"t3.small","state":"running","public_ip":null,"private_ip":"10.0.0.1","region":"eu-west-1","managed":false,"asleep":false,"guard":null},)"
        R"({"id":"i-00000000000000001","name":"web","type":"t3.small","state":"running","public_ip":null,"private_ip":"10.0.0.1","region":"us-east-1","managed":false,"asleep":false,"guard":null},)"
        R"({"id":"i-00000000000000002","name":"db","type":"t3.small","state":"running","public_ip":null,"private_ip":"10.0.0.1","region":"us-east-1","managed":false,"asleep":false,"guard":"The tag env=production guards it."}])");
}

TEST_F(Lists, OfClustersNestTheirMembers) {
    EXPECT_EQ(
        desk.ask_text("LIST_ECS"),
        R"([{"name":"bare","status":"ACTIVE","running_tasks_count":2,"pending_tasks_count":1,"active_services_count":0,"region":"us-east-1","managed":false,"asleep":false,"guard":null,"services":[]},)"
        R"({"name":"dev","status":"ACTIVE","running_tasks_count":2,"pending_tasks_count":1,"active_services_count":1,"region":"us-east-1","managed":false,"asleep":false,"guard":null,"services":[)"
        R"({"name":"api","status":"ACTIVE","desired_count":3,"running_count":2,"pending_count":1,"managed":false,"asleep":false,"guard":null}]}])");
    EXPECT_EQ(
        desk.ask_text("LIST_EKS"),
        R"([{"name":"dev","status":"ACTIVE","version":"1.29","endpoint":null,"created_at":"2024-05-01T01:23:00Z","region":"us-east-1","managed":false,"asleep":false,"guard":null,"nodegroups":[)"
        R"({"name":"nodes","status":"ACTIVE","instance_type":"t3.medium","desired_size":2,"min_size":1,"max_size":4,"managed":false,"asleep":false,"guard":null}]}])");
}

TEST_F(Lists, OfAllServicesHaveOneArrayPerKind) {
    const auto all = desk.ask("LIST_ALL_SERVICES").as_object();
    EXPECT_EQ(all.size(), core::kinds().size());
    EXPECT_EQ(all.at("ec2_instances").as_array().size(), 3U);
    EXPECT_EQ(all.at("ecs_clusters").as_array().size(), 2U);
    EXPECT_EQ(all.at("eks_clusters").as_array().size(), 1U);
    EXPECT_EQ(desk.ask_text("LIST_ALL_SERVICES:eu-west-1").find("us-east-1"), std::string::npos);
}

TEST_F(Lists, NarrowToARegion) {
    EXPECT_EQ(desk.ask("LIST_EC2:us-east-1").as_array().size(), 2U);
    EXPECT_EQ(desk.ask("LIST_ECS:eu-west-1").as_array().size(), 0U);
    EXPECT_EQ(error_of(desk.ask("LIST_EC2:mars")), "BAD_REQUEST");
    EXPECT_EQ(error_of(desk.ask("LIST_EC2:")), "BAD_REQUEST");
    EXPECT_EQ(message_of(desk.ask("LIST_EC2:ap-south-1")),
              "ap-south-1 is not among the configured regions. Add it to aws.regions in settings.json.");
}

TEST_F(Lists, SayWhatDozeManagesAndPutToSleep) {
    put_to_sleep(core::ec2(Region("eu-west-1"), InstanceId("i-00000000000000003")));
    put_to_sleep(core::ecs(Region("us-east-1"), ClusterName("dev"), ServiceName("api")));
    const auto first = desk.ask("LIST_EC2").at(0);
    EXPECT_EQ(first.at("managed"), true);
    EXPECT_EQ(first.at("asleep"), true);
    const auto cluster = desk.ask("LIST_ECS").at(1);
    EXPECT_EQ(cluster.at("managed"), true);
    EXPECT_EQ(cluster.at("services").at(0).at("asleep"), true);
}

TEST_F(Lists, ChangeWithTheRevisionOnly) {
    const auto before = desk.ask_text("LIST_EC2");
    EXPECT_EQ(desk.ask_text("list_ec2"), before);
    put_to_sleep(core::ec2(Region("us-east-1"), InstanceId("i-00000000000000001")));
    EXPECT_NE(desk.ask_text("LIST_EC2"), before);
    EXPECT_NE(desk.ask_text("LIST_EC2", 512), desk.ask_text("LIST_EC2")) << "another limit is another reply";
}

TEST_F(Lists, OfRegisteredServicesShowTheFileAndTheState) {
    const auto id = core::eks(Region("us-east-1"), ClusterName("dev"), NodegroupName("nodes"));
    put_to_sleep(id);
    auto& tracked = desk.host.change().tracked.at(id);
    tracked.registration->desired_size = 2;
    tracked.seen = core::Observation{.id = id, .phase = core::Phase::asleep, .state = "ACTIVE"};
    tracked.trouble = Error{.code = ErrorCode::access_denied, .message = "Not allowed.", .next_step = "Allow it."};
    std::string arrays;
    for (const auto& kind : core::kinds())
        arrays += fmt::format(
            R"({}"{}":[{}])", arrays.empty() ? "" : ",", kind.registry,
            kind.kind != id.kind
                ? ""
                : R"({"cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1","desired_size":2,"description":"mine","force":false,"asleep":true,"state":"ACTIVE","guard":null,"trouble":"Not allowed. Allow it."})");
    EXPECT_EQ(desk.ask_text("LIST_REGISTERED_SERVICES"), '{' + arrays + '}');
    EXPECT_EQ(content(R"({"type":"LIST_REGISTERED_SERVICES"})"), desk.ask_text("LIST_REGISTERED_SERVICES"));
}

TEST_F(Lists, DoNotShowWhatIsNoLongerRegistered) {
    const auto id = core::ec2(Region("us-east-1"), InstanceId("i-00000000000000001"));
    put_to_sleep(id);
    desk.host.change().tracked.at(id).registration.reset();
    EXPECT_EQ(desk.ask("LIST_REGISTERED_SERVICES").at("ec2_instances").as_array().size(), 0U);
}

TEST_F(Lists, AsMessagesCarryTheirAge) {
    desk.host.clock.advance(std::chrono::seconds(7));
    const auto reply = desk.ask(R"({"id":"l","type":"AWS_EKS_LIST"})");
    EXPECT_EQ(reply.at("id"), "l");
    EXPECT_EQ(reply.at("type"), "AWS_EKS_LIST");
    const auto& answer = reply.at("content").as_object();
    EXPECT_EQ(answer.at("clusters").as_array().size(), 1U);
    EXPECT_EQ(answer.at("age_seconds"), 7);
    EXPECT_EQ(answer.at("errors").as_array().size(), 0U);
    EXPECT_EQ(answer.size(), 3U);
}

TEST_F(Lists, ShowGroupsAndDatabasesWithTheirDetails) {
    using Items = std::vector<core::Item>;
    auto& inventory = desk.host.change().inventory;
    core::Item group{.seen = {.id = core::asg(Region("us-east-1"), GroupName("fleet")),
                              .state = "active",
                              .details = {{"min_size", 1}, {"desired_size", 2}, {"max_size", 4}, {"instances", 2}}}};
    inventory.put(Kind::asg, Region("us-east-1"), Items{group}, desk.host.now());
    core::Item database{.seen = {.id = core::rds(Region("us-east-1"), DatabaseName("orders")),
                                 .state = "available",
                                 .guard = core::Guard{.why = "It has a read replica."},
                                 .details = {{"engine", "postgres"}, {"endpoint", {}}}}};
    inventory.put(Kind::rds, Region("us-east-1"), Items{database}, desk.host.now());
    EXPECT_EQ(desk.ask_text("LIST_ASG:us-east-1"),
              R"([{"name":"fleet","state":"active","min_size":1,"desired_size":2,"max_size":4,"instances":2,)"
              R"("region":"us-east-1","managed":false,"asleep":false,"guard":null}])");
    EXPECT_EQ(desk.ask_text("LIST_RDS"),
              R"([{"name":"orders","state":"available","engine":"postgres","endpoint":null,"region":"us-east-1",)"
              R"("managed":false,"asleep":false,"guard":"It has a read replica."}])");
    EXPECT_EQ(desk.ask_text("LIST_RDS_CLUSTER"), "[]");
    const auto all = desk.ask(R"({"type":"LIST_ALL_SERVICES"})").at("content");
    EXPECT_EQ(all.at("autoscaling_groups").as_array().size(), 1U);
    EXPECT_EQ(all.at("rds_instances").as_array().size(), 1U);
    EXPECT_EQ(all.at("rds_clusters").as_array().size(), 0U);
}

TEST_F(Lists, AsTextSayWhyThereIsNothingToShow) {
    Desk blank;
    blank.host.forget_lists();
    for (const auto& region : {Region("us-east-1"), Region("eu-west-1")})
        blank.host.change().inventory.ask(Kind::ec2, region, blank.host.now().boot);
    const Error denied{.code = ErrorCode::access_denied, .message = "Not allowed."};
    blank.host.change().inventory.fail(Kind::ec2, Region("us-east-1"), denied);
    EXPECT_EQ(blank.ask_text("LIST_EC2"), R"({"status":"error","error":"ACCESS_DENIED","message":"Not allowed."})");
    EXPECT_EQ(blank.ask_text("LIST_EC2:eu-west-1"), "[]") << "nothing is known against that region";
    blank.host.change().inventory.put(Kind::ec2, Region("eu-west-1"), std::vector<core::Ec2Instance>{},
                                      blank.host.now());
    EXPECT_EQ(blank.ask_text("LIST_EC2"), "[]") << "what could be read is shown";
}

TEST_F(Lists, AsMessagesSayWhichRegionsCouldNotBeRead) {
    desk.host.change().inventory.fail(
        Kind::ecs, Region("eu-west-1"),
        {.code = ErrorCode::access_denied, .message = "Not allowed.", .next_step = "Allow ecs:ListClusters."});
    const auto answer = desk.ask(R"({"type":"AWS_ECS_LIST"})").at("content");
    EXPECT_EQ(
        boost::json::serialize(answer.at("errors")),
        R"([{"region":"eu-west-1","kind":"ecs","error":"ACCESS_DENIED","message":"Not allowed. Allow ecs:ListClusters."}])");
    EXPECT_EQ(content(R"({"type":"AWS_ECS_LIST","content":{"region":"eu-west-1"}})"),
              R"({"clusters":[],"age_seconds":0,"errors":)" + boost::json::serialize(answer.at("errors")) + "}");
}

TEST_F(Lists, AskAwsOnlyIfTheyAreTooOld) {
    const auto list = [](std::string_view age) {
        return R"({"type":"AWS_EC2_LIST","content":{"region":"us-east-1","max_age_seconds":)" + std::string(age) + "}}";
    };
    desk.host.clock.advance(std::chrono::seconds(30));
    EXPECT_EQ(desk.ask(list("60")).at("content").at("age_seconds"), 30);
    EXPECT_EQ(desk.ask(list("1e300")).at("content").at("age_seconds"), 30);
    EXPECT_TRUE(desk.host.orders.empty());

    desk.send(list("29"));
    EXPECT_EQ(desk.host.last_order<core::ListRequested>().kind, Kind::ec2);
    EXPECT_EQ(desk.host.last_order<core::ListRequested>().region, Region("us-east-1"));
    desk.host.change().inventory.put(Kind::ec2, Region("us-east-1"), std::vector<core::Ec2Instance>(), desk.host.now());
    desk.host.finish(core::RequestResult{.message = "Looked."});
    EXPECT_EQ(desk.last().at("content").at("instances").as_array().size(), 0U);
    EXPECT_EQ(desk.last().at("content").at("age_seconds"), 0);

    desk.send(list("0"));
    EXPECT_EQ(desk.host.waiting.size(), 1U) << "0 asks AWS now";
    EXPECT_EQ(error_of(desk.ask(list("-1"))), "BAD_REQUEST");
    EXPECT_EQ(error_of(desk.ask(list("\"now\""))), "BAD_REQUEST");
}

TEST_F(Lists, OfWhatWasNeverSeenAskAws) {
    desk.send(R"({"type":"AWS_EC2_LIST","content":{"max_age_seconds":3600}})");
    EXPECT_TRUE(desk.host.orders.empty()) << "all were seen";
    desk.host.forget_lists();
    desk.send(R"({"type":"AWS_EKS_LIST","content":{"max_age_seconds":3600}})");
    EXPECT_EQ(desk.host.orders.size(), 1U) << "none was";
}

TEST_F(Lists, ThatAreOlderThanFiveMinutesAskAws) {
    desk.host.clock.advance(std::chrono::minutes(5));
    EXPECT_EQ(desk.ask("LIST_EC2").as_array().size(), 3U);
    desk.host.clock.advance(std::chrono::seconds(1));
    for (const std::string_view ask : {"LIST_EC2", R"({"type":"AWS_EC2_LIST"})"}) {
        const auto before = desk.replies.size();
        desk.send(ask);
        EXPECT_EQ(desk.replies.size(), before);
        EXPECT_EQ(desk.host.last_order<core::ListRequested>().max_age, std::chrono::minutes(5));
        desk.host.finish(core::RequestResult{.message = "Looked."});
        EXPECT_EQ(desk.replies.size(), before + 1);
    }
    desk.host.change().settings.check_interval = std::chrono::seconds(3);
    EXPECT_EQ(desk.host.view().usual_list_age(), std::chrono::seconds(30));
}

TEST_F(Lists, AsTextThatWaitedSayWhyThereIsNothingToShow) {
    desk.host.forget_lists();
    desk.send("LIST_EC2:us-east-1");
    desk.host.change().inventory.fail(Kind::ec2, Region("us-east-1"),
                                      {.code = ErrorCode::no_credentials, .message = "No keys."});
    desk.host.finish(core::RequestResult{.message = "Looked."});
    EXPECT_EQ(error_of(desk.last()), "NO_CREDENTIALS");
}

TEST_F(Lists, OfAllKindsWaitForAllKinds) {
    desk.send(R"({"id":"a","type":"LIST_ALL_SERVICES","content":{"max_age_seconds":0}})");
    ASSERT_EQ(desk.host.orders.size(), core::kinds().size());
    for (std::size_t i = 0; i < core::kinds().size(); ++i) {
        EXPECT_TRUE(desk.replies.empty());
        desk.host.finish(core::RequestResult{.message = "Looked."});
    }
    EXPECT_EQ(desk.last().at("content").at("eks_clusters").as_array().size(), 1U);
}

TEST_F(Lists, ThatAwsRefusesStillShowWhatIsKnown) {
    const std::string ask = R"({"type":"AWS_EC2_LIST","content":{"max_age_seconds":0}})";
    const Error denied{.code = ErrorCode::no_credentials, .message = "There are no credentials."};
    desk.send(ask);
    desk.host.change().inventory.fail(Kind::ec2, Region("us-east-1"), denied);
    desk.host.finish(denied);
    EXPECT_EQ(desk.last().at("content").at("instances").as_array().size(), 3U);
    EXPECT_EQ(desk.last().at("content").at("errors").at(0).at("error"), "NO_CREDENTIALS");
}

TEST_F(Lists, WhoseSurveyFailsWithoutARegionToBlameAreAnError) {
    desk.send(R"({"type":"AWS_EC2_LIST","content":{"max_age_seconds":0}})");
    desk.host.finish(Error{.code = ErrorCode::internal, .message = "No survey."});
    EXPECT_EQ(error_of(desk.last()), "INTERNAL");
}

TEST_F(Lists, AreRefreshedForTheDashboard) {
    for (
        const std::string_view message :
        {R"({"id":"r","type":"refresh_service","action":"refresh_service","service":"ec2","content":{"service":"ec2"}})",
         R"({"id":"r","action":"refresh_service","content":{"service":"EC2","region":null}})"}) {
        desk.send(message);
        EXPECT_EQ(desk.host.last_order<core::ListRequested>().kind, Kind::ec2);
        desk.host.finish(core::RequestResult{.message = "Looked."});
        EXPECT_EQ(desk.last().at("id"), "r");
        EXPECT_EQ(desk.last().at("type"), "REFRESH_EC2");
        EXPECT_EQ(desk.last().at("content").at("type"), "ec2");
        EXPECT_EQ(desk.last().at("content").at("instances").as_array().size(), 3U);
    }
    desk.send(R"({"type":"refresh_service","service":"eks"})");
    desk.host.finish(core::RequestResult{.message = "Looked."});
    EXPECT_EQ(desk.last().at("type"), "REFRESH_EKS");
    EXPECT_EQ(desk.last().at("content").at("clusters").as_array().size(), 1U);
    EXPECT_EQ(error_of(desk.ask(R"({"type":"refresh_service"})")), "BAD_REQUEST");
    EXPECT_EQ(error_of(desk.ask(R"({"type":"refresh_service","service":"s3"})")), "BAD_REQUEST");
}

}  // namespace
}  // namespace doze::protocol
