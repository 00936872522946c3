#include <boost/asio/co_spawn.hpp>

#include "adapters/aws/client/owners.hpp"
#include "aws_fixture.hpp"

namespace doze::aws::sts {
namespace {

Result<Identity> ask(FakeClient& client) {
    boost::asio::io_context io;
    std::optional<Result<Identity>> result;
    boost::asio::co_spawn(io, caller_identity(client, Region("us-east-1")),
                          [&](std::exception_ptr, Result<Identity> identity) { result = std::move(identity); });
    io.run();
    return result.value();
}

TEST(Sts, SaysWhoWeAre) {
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> {
        return "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">"
               "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/ada</Arn><UserId>AIDA</UserId>"
               "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    };
    const auto identity = ask(client);
    ASSERT_TRUE(identity);
    EXPECT_EQ(*identity, (Identity{.account = "123456789012", .arn = "arn:aws:iam::123456789012:user/ada"}));
    EXPECT_EQ(client.calls.at(0).body, "Action=GetCallerIdentity&Version=2011-06-15");
    EXPECT_EQ(client.calls.at(0).iam_action, "sts:GetCallerIdentity");
}

TEST(Sts, PassesOnWhyAwsRefused) {
    FakeClient client;
    client.answer = [](const Call&) -> Result<std::string> { return refusal("ExpiredToken"); };
    EXPECT_EQ(ask(client).error().aws_code, "ExpiredToken");
}

TEST(Sts, RefusesGarbage) {
    FakeClient client;
    for (const auto& body : garbage) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(ask(client)) << body.substr(0, 80);
    }
}

}  // namespace
}  // namespace doze::aws::sts
