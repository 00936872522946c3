#include "adapters/aws/kinds/iam.hpp"

#include <boost/asio/co_spawn.hpp>
#include <gmock/gmock.h>
#include <optional>

#include "aws_fixture.hpp"

namespace doze::aws::iam {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string result(std::string_view action, std::string_view decision, std::string_view on_resource = "") {
    std::string text = "<member><EvalActionName>" + std::string(action) + "</EvalActionName><EvalDecision>" +
                       std::string(decision) + "</EvalDecision>";
    if (!on_resource.empty()) {
        text += "<ResourceSpecificResults><member><EvalResourceName>arn:x</EvalResourceName><EvalResourceDecision>" +
                std::string(on_resource) + "</EvalResourceDecision></member></ResourceSpecificResults>";
    }
    return text + "</member>";
}

std::string answer_with(std::string_view results) {
    return "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">"
           "<SimulatePrincipalPolicyResult><EvaluationResults>" +
           std::string(results) +
           "</EvaluationResults><IsTruncated>false</IsTruncated></SimulatePrincipalPolicyResult>"
           "</SimulatePrincipalPolicyResponse>";
}

Result<std::vector<std::string>> ask(FakeClient& client, const char* region = "eu-west-1") {
    boost::asio::io_context io;
    std::optional<Result<std::vector<std::string>>> denied;
    const Question question{.principal = "arn:aws:iam::123456789012:user/ada",
                            .actions = {"ecs:UpdateService", "eks:UpdateNodegroupConfig"},
                            .resources = {"arn:aws:ecs:eu-west-1:123456789012:service/dev/web"}};
    boost::asio::co_spawn(io, denied_actions(client, Region(region), question),
                          [&](std::exception_ptr, Result<std::vector<std::string>> result) { denied = result; });
    io.run();
    return denied.value();
}

TEST(Iam, NamesWhatIsDenied) {
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> {
        return answer_with(result("ecs:UpdateService", "allowed") +
                           result("eks:UpdateNodegroupConfig", "implicitDeny"));
    };
    const auto denied = ask(client);
    ASSERT_TRUE(denied);
    EXPECT_THAT(*denied, ElementsAre("eks:UpdateNodegroupConfig"));
    EXPECT_EQ(client.calls.at(0).iam_action, "iam:SimulatePrincipalPolicy");
    EXPECT_EQ(client.calls.at(0).service, "iam");
}

TEST(Iam, TakesADenialOnOneResourceForADenial) {
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> {
        return answer_with(result("ecs:UpdateService", "allowed", "explicitDeny") +
                           result("eks:UpdateNodegroupConfig", "allowed", "allowed"));
    };
    EXPECT_THAT(*ask(client), ElementsAre("ecs:UpdateService"));
}

TEST(Iam, IsAskedInTheHomeOfThePartition) {
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> {
        return answer_with(result("ecs:UpdateService", "allowed") + result("eks:UpdateNodegroupConfig", "allowed"));
    };
    EXPECT_THAT(*ask(client), IsEmpty());
    ASSERT_TRUE(ask(client, "cn-northwest-1"));
    ASSERT_TRUE(ask(client, "us-gov-east-1"));
    EXPECT_EQ(client.calls.at(0).region, Region("us-east-1"));
    EXPECT_EQ(client.calls.at(1).region, Region("cn-north-1"));
    EXPECT_EQ(client.calls.at(2).region, Region("us-gov-west-1"));
}

TEST(Iam, TakesNoSilenceForAPermission) {
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> {
        return answer_with(result("ecs:UpdateService", "allowed"));
    };
    EXPECT_FALSE(ask(client));
    for (const auto& body : garbage) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(ask(client)) << body.substr(0, 80);
    }
}

TEST(Iam, FindsWhosePoliciesCount) {
    EXPECT_EQ(principal_of("arn:aws:iam::123456789012:user/team/ada"), "arn:aws:iam::123456789012:user/team/ada");
    EXPECT_EQ(principal_of("arn:aws-cn:sts::123456789012:assumed-role/dev/ada@example.com"),
              "arn:aws-cn:iam::123456789012:role/dev");
    EXPECT_EQ(principal_of("arn:aws:iam::123456789012:root"), std::nullopt);
    EXPECT_EQ(principal_of("arn:aws:sts::123456789012:federated-user/ada"), std::nullopt);
    EXPECT_EQ(principal_of("nonsense"), std::nullopt);
    EXPECT_EQ(principal_of(""), std::nullopt);
}

}  // namespace
}  // namespace doze::aws::iam
