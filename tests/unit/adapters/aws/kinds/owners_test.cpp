#include "adapters/aws/client/owners.hpp"

#include <gtest/gtest.h>

namespace doze::aws::owners_test {
namespace {

using namespace std::chrono_literals;

const Region east("us-east-1");
const AccountId mine("111111111111");
const AccountId other("222222222222");

TEST(Initiator, IsReadFromAnswersAboutOnesOwnResources) {
    EXPECT_EQ(owner_in("sts", "<GetCallerIdentityResult><Account>111111111111</Account>"), "111111111111");
    EXPECT_EQ(owner_in("ec2", "<item><ownerId>111111111111</ownerId><instancesSet>"), "111111111111");
    EXPECT_EQ(owner_in("autoscaling",
                       "<AutoScalingGroupARN>arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:u:x<"),
              "111111111111");
    EXPECT_EQ(owner_in("rds",
                       "<KmsKeyId>arn:aws:kms:us-east-1:222222222222:key/k</KmsKeyId>"
                       "<DBInstanceArn>arn:aws:rds:us-east-1:111111111111:db:orders</DBInstanceArn>"),
              "111111111111");
    EXPECT_EQ(owner_in("rds", "<DBClusterArn>arn:aws-cn:rds:cn-north-1:111111111111:cluster:l<"), "111111111111");
    EXPECT_EQ(owner_in("ecs", R"({"services": [{"roleArn": "arn:aws:iam::222222222222:role/r",
        "serviceArn": "arn:aws:ecs:us-east-1:111111111111:service/dev/api"}]})"),
              "111111111111");
    EXPECT_EQ(owner_in("eks", R"({"nodegroup":{"nodegroupArn":"arn:aws:eks:us-east-1:111111111111:nodegroup/x"}})"),
              "111111111111");
}

TEST(Initiator, IsNotGuessed) {
    for (const char* body : {"", "<ownerId></ownerId>", "<ownerId>amazon</ownerId>", "<ownerId>1234"})
        EXPECT_FALSE(owner_in("ec2", body)) << body;
    EXPECT_FALSE(owner_in("rds", "<DBInstanceArn>orders</DBInstanceArn>"));
    EXPECT_FALSE(owner_in("rds", "<DBInstanceArn></DBInstanceArn><x>arn:aws:rds:us-east-1:222222222222:db:o</x>"));
    EXPECT_FALSE(owner_in("ecs", R"({"services": [], "failures": [{"arn": "arn:aws:ecs:us-east-1:2:service/x"}]})"));
    EXPECT_FALSE(owner_in("monitoring", "<ownerId>111111111111</ownerId>"));
}

TEST(Account, IsOneTextOfNumberPartitionAndEndpoint) {
    EXPECT_EQ(account_at("111111111111", east, aws_endpoint("ec2", east)), mine);
    EXPECT_EQ(account_at("111111111111", east, aws_endpoint("ec2", east, {.fips = true, .dual_stack = true})), mine);
    const auto own = parse_endpoint("https://vpce-0a1.ec2.us-east-1.vpce.amazonaws.com:443", "test");
    EXPECT_EQ(account_at("111111111111", east, *own), mine) << "a private way to AWS is AWS";
    const Region beijing("cn-north-1");
    EXPECT_EQ(account_at("111111111111", beijing, aws_endpoint("ec2", beijing)).str(), "111111111111 (aws-cn)");
    const auto local = parse_endpoint("http://127.0.0.1:4566/x/", "test");
    EXPECT_EQ(account_at("000000000000", east, *local).str(), "000000000000 at http://127.0.0.1:4566/x");
    const auto trick = parse_endpoint("https://notamazonaws.com", "test");
    EXPECT_NE(account_at("111111111111", east, *trick), mine);
    EXPECT_EQ(account_at("", east, *local), AccountId()) << "not known";
}

ErrorCode refused(const std::optional<Error>& error) {
    return error ? error->code : ErrorCode::internal;
}

TEST(Calls, GoToTheAccountThatIsWantedOnly) {
    Caller caller{.wanted = mine, .service = "ec2"};
    EXPECT_FALSE(authorize(caller, "ec2", mine, "AKID"));
    EXPECT_EQ(refused(authorize(caller, "ec2", other, "AKIDOTHER")), ErrorCode::other_account);
    EXPECT_EQ(refused(authorize(caller, "ec2", {}, "AKID")), ErrorCode::other_account) << "whose it is is not known";
    EXPECT_EQ(refused(authorize(caller, "ec2", AccountId("111111111111 at http://127.0.0.1:4566"), "AKID")),
              ErrorCode::other_account)
        << "an emulator has accounts of the same number";
    EXPECT_FALSE(authorize(caller, "monitoring", AccountId("111111111111 at http://127.0.0.1:4566"), "AKID"))
        << "another service may be asked elsewhere";
    EXPECT_FALSE(authorize(caller, "ec2", mine, "AKIDRENEWED"));
    EXPECT_EQ(caller.account, mine);
}

TEST(Calls, OfOneCallerGoToOneAccount) {
    Caller caller{.service = "ecs"};
    EXPECT_FALSE(authorize(caller, "application-autoscaling", mine, "AKID"));
    EXPECT_EQ(caller.account, AccountId()) << "not of the service that has the resources";
    EXPECT_FALSE(authorize(caller, "ecs", mine, "AKID"));
    EXPECT_EQ(caller.account, mine);
    EXPECT_TRUE(authorize(caller, "ecs", other, "AKIDOTHER"));
    Caller unknown{.service = "ec2"};
    EXPECT_FALSE(authorize(unknown, "ec2", {}, "AKID"));
    EXPECT_FALSE(authorize(unknown, "ec2", {}, "AKID"));
    EXPECT_TRUE(authorize(unknown, "ec2", {}, "AKIDOTHER"));
}

TEST(KnownOwners, AreThoseOfTheVeryKeys) {
    Owners owners;
    const Credentials keys{.access_key_id = "AKID", .secret_access_key = Secret("s"), .session_token = Secret("one")};
    auto renewed = keys;
    renewed.session_token = Secret("two");
    owners.learn(keys, "111111111111");
    EXPECT_EQ(owners.of(keys), "111111111111");
    EXPECT_EQ(owners.of(renewed), "");
}

TEST(KnownOwners, AreAskedForAgainAfterAWhile) {
    Owners owners;
    const Credentials keys{.access_key_id = "AKID", .secret_access_key = Secret("s")};
    const core::TimePoint now(1h);
    EXPECT_TRUE(owners.may_ask(keys, east, now));
    EXPECT_FALSE(owners.may_ask({}, east, now)) << "nobody's";
    owners.failed(keys, east, now);
    EXPECT_FALSE(owners.may_ask(keys, east, now + 5min - 1ms));
    EXPECT_TRUE(owners.may_ask(keys, east, now + 5min));
    EXPECT_TRUE(owners.may_ask(keys, Region("eu-west-1"), now)) << "one region may be off";
}

}  // namespace
}  // namespace doze::aws::owners_test
