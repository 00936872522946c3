#include <gtest/gtest.h>

#include "unit/commands/fake_host.hpp"

namespace doze::commands {
namespace {

class Dashboard : public testing::Test {
   protected:
    Dashboard() {
        core::Ec2Instance instance{.seen = {.id = seen_, .phase = core::Phase::awake, .state = "running"},
                                   .type = "t3.small"};
        desk_.host.change().inventory.put(core::Kind::ec2, seen_.region, std::vector{std::move(instance)},
                                          desk_.host.now());
    }

    /// Orders it, and returns the reply to what AWS said.
    boost::json::value ask(std::string_view message, const Result<core::OrderResult>& result) {
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
            core::OrderResult{.message = "It starts.", .state = "pending"});
    EXPECT_EQ(desk_.host.last_order<core::StartOrdered>().id, seen_);
    EXPECT_EQ(reply.at("id"), "7");
    EXPECT_EQ(reply.at("type"), "AWS_EC2_UPDATE");
    const auto& content = reply.at("content").as_object();
    EXPECT_EQ(content.at("message"), "It starts.");
    ASSERT_EQ(content.at("instances").as_array().size(), 1U);
    EXPECT_EQ(content.at("instances").at(0).at("id"), "i-0123456789abcdef0");
    EXPECT_EQ(content.at("instances").at(0).at("region"), "eu-west-1");
}

TEST_F(Dashboard, MayAskWithinAClientRequest) {
    const auto reply =
        ask(R"({"type":"CLIENT_REQUEST","content":{"action":"stopInstance","instanceId":"i-0123456789abcdef0"}})",
            Error{.code = ErrorCode::access_denied, .message = "Not allowed."});
    EXPECT_EQ(desk_.host.last_order<core::StopOrdered>().id, seen_);
    EXPECT_EQ(reply.at("type"), "AWS_EC2_ERROR");
    EXPECT_EQ(reply.at("content").at("error"), "ACCESS_DENIED");
    EXPECT_EQ(reply.at("content").at("message"), "Not allowed.");
}

TEST_F(Dashboard, ItsRegionCountsForWhatWasNeverSeen) {
    desk_.send(R"({"action":"stopInstance","content":{"instanceId":"i-00000000000000009","region":"us-east-1"}})");
    EXPECT_EQ(desk_.host.last_order<core::StopOrdered>().id,
              core::ec2(Region("us-east-1"), InstanceId("i-00000000000000009")));
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
}  // namespace doze::commands
