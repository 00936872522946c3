#include <gtest/gtest.h>
#include <memory>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

class Dashboard : public testing::Test {
   protected:
    Dashboard() {
        desk_.host.change().inventory.put(core::Kind::ec2, seen_.region, std::vector{instance("eu-west-1", seen_.name)},
                                          desk_.host.now());
        desk_.host.change().inventory.put(core::Kind::ec2, Region("us-east-1"),
                                          std::vector{instance("us-east-1", "i-00000000000000001")}, desk_.host.now());
    }

    /// Orders it, and returns the reply to what AWS said.
    boost::json::value ask(std::string_view message, const Result<core::RequestResult>& result) {
        desk_.send(message);
        EXPECT_TRUE(desk_.replies.empty());
        desk_.host.finish(result);
        return boost::json::parse(desk_.replies.at(0));
    }

    const core::ResourceId seen_ = core::ec2(Region("eu-west-1"), InstanceId("i-0123456789abcdef0"));
    Desk desk_;
};

TEST_F(Dashboard, SwitchesTheInstanceWhereItIsAndNotWhereItIsSaidToBe) {
    const auto reply =
        ask(R"({"id":"7","action":"startInstance","instanceId":"i-0123456789abcdef0","region":"us-east-1"})",
            core::RequestResult{.message = "It starts.", .state = "pending"});
    EXPECT_EQ(desk_.host.last_order<core::StartRequested>().id, seen_);
    EXPECT_EQ(reply.at("id"), "7");
    EXPECT_EQ(reply.at("type"), "AWS_EC2_UPDATE");
    const auto& content = reply.at("content").as_object();
    EXPECT_EQ(content.at("message"), "It starts.");
    ASSERT_EQ(content.at("instances").as_array().size(), 2U) << "it takes them for the whole list";
    EXPECT_EQ(content.at("instances").at(0).at("id"), "i-0123456789abcdef0");
    EXPECT_EQ(content.at("instances").at(0).at("region"), "eu-west-1");
}

TEST_F(Dashboard, MayAskWithinAClientRequest) {
    const auto reply =
        ask(R"({"type":"CLIENT_REQUEST","content":{"action":"stopInstance","instanceId":"i-0123456789abcdef0"}})",
            Error{.code = ErrorCode::access_denied, .message = "Not allowed."});
    EXPECT_EQ(desk_.host.last_order<core::StopRequested>().id, seen_);
    EXPECT_EQ(reply.at("type"), "AWS_EC2_ERROR");
    EXPECT_EQ(reply.at("content").at("error"), "ACCESS_DENIED");
    EXPECT_EQ(reply.at("content").at("message"), "Not allowed.");
}

TEST_F(Dashboard, ItsRegionCountsForWhatWasNeverSeen) {
    desk_.send(R"({"action":"stopInstance","content":{"instanceId":"i-00000000000000009","region":"us-east-1"}})");
    EXPECT_EQ(desk_.host.last_order<core::StopRequested>().id,
              core::ec2(Region("us-east-1"), InstanceId("i-00000000000000009")));
}

TEST_F(Dashboard, AsksForEverythingAsItDid) {
    const auto reply = desk_.ask(R"({"type":"AWS_SERVICE_LIST_ALL"})");
    EXPECT_EQ(reply.at("type"), "AWS_SERVICE_LIST_ALL");
    EXPECT_EQ(reply.at("content").at("instances").as_array().size(), 2U);
}

TEST_F(Dashboard, SendsARegionThatNobodyChose) {
    struct Page : EventSink {
        void hear(std::string_view) override {}
    };
    const auto page = std::make_shared<Page>();
    const auto ask_for = [&](std::string_view region) {
        desk_.replies.clear();
        desk_.dispatcher.handle(R"({"type":"AWS_EC2_LIST","content":{"region":")" + std::string(region) + R"("}})",
                                no_limit, [&](std::string_view reply) { desk_.replies.emplace_back(reply); }, page);
        return desk_.last();
    };
    const auto all = ask_for("ap-northeast-2").at("content");
    EXPECT_EQ(all.at("instances").as_array().size(), 2U);
    EXPECT_EQ(all.at("errors").at(0).at("region"), "ap-northeast-2");
    EXPECT_EQ(all.at("errors").at(0).at("error"), "NOT_FOUND") << "others are told";
    EXPECT_EQ(page->region(), "");
    EXPECT_EQ(ask_for("us-east-1").at("content").at("instances").as_array().size(), 1U);
    EXPECT_EQ(page->region(), "us-east-1");
}

TEST_F(Dashboard, ShowsHowManyThereAreOfEach) {
    desk_.host.change().inventory.put(
        core::Kind::ecs, Region("us-east-1"),
        std::vector{ecs_cluster("us-east-1", "dev", {service("us-east-1", "dev", "api")})}, desk_.host.now());
    desk_.host.change().inventory.put(
        core::Kind::eks, Region("us-east-1"),
        std::vector{
            eks_cluster("us-east-1", "dev", {nodegroup("us-east-1", "dev", "a"), nodegroup("us-east-1", "dev", "b")})},
        desk_.host.now());
    const auto refresh = [&](const std::string& kind) {
        desk_.send(R"({"type":"refresh_service","service":")" + kind + "\"}");
        desk_.host.finish(core::RequestResult{});
        return desk_.last().at("content").at("clusters").at(0);
    };
    EXPECT_EQ(refresh("ecs").at("serviceCount"), 1);
    EXPECT_EQ(refresh("ecs").at("taskCount"), 2);
    EXPECT_EQ(refresh("eks").at("nodeCount"), 4);
}

TEST_F(Dashboard, IsToldWhatIsWrong) {
    for (const std::string_view message :
         {R"({"action":"startInstance"})", R"({"action":"startInstance","instanceId":5,"region":"us-east-1"})",
          R"({"action":"startInstance","instanceId":"x","region":"us-east-1"})",
          R"({"action":"startInstance","instanceId":"i-00000000000000009"})",
          R"({"action":"startInstance","instanceId":"i-00000000000000009","region":"mars"})"}) {
        const auto reply = desk_.ask(message);
        EXPECT_EQ(reply.at("type"), "AWS_EC2_ERROR") << message;
        EXPECT_EQ(reply.at("content").at("error"), "BAD_REQUEST") << message;
    }
    EXPECT_TRUE(desk_.host.orders.empty());
    EXPECT_EQ(error_of(desk_.ask(R"({"type":"CLIENT_REQUEST","content":{"action":"jump"}})")), "UNKNOWN_COMMAND");
    EXPECT_EQ(error_of(desk_.ask(R"({"type":"CLIENT_REQUEST","content":{}})")), "UNKNOWN_COMMAND");
}

}  // namespace
}  // namespace doze::protocol
