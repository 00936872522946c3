#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "chain_fixture.hpp"

namespace doze::aws {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

class CredentialsTest : public ChainTest {};

TEST_F(CredentialsTest, ComeFromTheEnvironmentFirst) {
    write("credentials", "[default]\naws_access_key_id=AKFILE\naws_secret_access_key=hush\n");
    set_environment_keys();
    variables_["AWS_SESSION_TOKEN"] = "token";
    const auto found = get();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->access_key_id, "AKENV");
    EXPECT_EQ(found->secret_access_key.view(), "hush");
    EXPECT_EQ(found->session_token.view(), "token");
    EXPECT_EQ(found->origin, "the environment");
}

TEST_F(CredentialsTest, ComeFromTheCredentialsFile) {
    write("credentials", "[default]\naws_access_key_id=AK\naws_secret_access_key=hush\naws_session_token=t\n");
    const auto found = get();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->access_key_id, "AK");
    EXPECT_EQ(found->session_token.view(), "t");
    EXPECT_EQ(found->origin, "profile default of ~/.aws/credentials");
}

TEST_F(CredentialsTest, ComeFromTheConfigFileWhereTheCredentialsFileHasNone) {
    write("config", "[profile dev]\naws_access_key_id=AK\naws_secret_access_key=hush\n");
    EXPECT_EQ(get("dev")->origin, "profile dev of ~/.aws/config");
}

TEST_F(CredentialsTest, ComeFromAProfileAskedForByNameBeforeTheEnvironment) {
    write("credentials", "[dev]\naws_access_key_id=AKDEV\naws_secret_access_key=hush\n");
    set_environment_keys();
    EXPECT_EQ(get("dev")->access_key_id, "AKDEV");
    EXPECT_EQ(error("other").message, "There is no profile other in ~/.aws/credentials or ~/.aws/config.");
    variables_["AWS_PROFILE"] = "dev";
    EXPECT_EQ(get()->access_key_id, "AKENV");
}

TEST_F(CredentialsTest, SayOfEveryPlaceWhyItHasNone) {
    EXPECT_EQ(
        error().message,
        "No AWS credentials: AWS_ACCESS_KEY_ID is not set in the environment, this desktop has no keyring, there is "
        "no profile default in ~/.aws/credentials or ~/.aws/config, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI is not "
        "set, and the EC2 instance metadata service does not answer.");
    write("config", "[default]\nregion=eu-west-1\n");
    EXPECT_THAT(error().message, HasSubstr("profile default has no keys in ~/.aws/credentials or ~/.aws/config, and no "
                                           "role, SSO or program"));
}

TEST_F(CredentialsTest, RememberWhereTheyLooked) {
    write("credentials", "[default]\naws_access_key_id=AK\naws_secret_access_key=hush\n");
    ASSERT_TRUE(ask());
    EXPECT_THAT(chain_.attempts(), ElementsAre(Field(&CredentialsChain::Attempt::place, "environment"),
                                               Field(&CredentialsChain::Attempt::place, "keyring")));
}

TEST_F(CredentialsTest, OfAProfileThatIsNotThereAreNotThoseOfTheMachine) {
    variables_["AWS_PROFILE"] = "typo";
    EXPECT_EQ(error().message, "There is no profile typo in ~/.aws/credentials or ~/.aws/config.");
    EXPECT_TRUE(http_.requests.empty());
}

TEST_F(CredentialsTest, AreNotGuessedFromHalfAPairOfKeys) {
    write("credentials", "[default]\naws_access_key_id=AK\naws_secret_access_key=hush\n");
    variables_["AWS_ACCESS_KEY_ID"] = "AKENV";
    EXPECT_EQ(error().message, "AWS_ACCESS_KEY_ID is set in the environment, but AWS_SECRET_ACCESS_KEY is not.");
    variables_["AWS_ACCESS_KEY_ID"] = "";
    variables_["AWS_SECRET_ACCESS_KEY"] = "hush";
    EXPECT_EQ(error().message, "AWS_SECRET_ACCESS_KEY is set in the environment, but AWS_ACCESS_KEY_ID is not.");
    variables_["AWS_SECRET_ACCESS_KEY"] = "";
    write("credentials", "[default]\naws_secret_access_key=hush\n");
    EXPECT_THAT(error().message, HasSubstr("Profile default of ~/.aws/credentials has no aws_access_key_id."));
}

TEST_F(CredentialsTest, AreNotUsedAfterTheTimeThatTheEnvironmentNames) {
    set_environment_keys();
    for (const char* past : {"2026-01-05T07:59:59Z", "2026-01-05T08:59:59+01:00", "2026-01-05T08:00:00+00:00",
                             "2026-01-05T07:59:59.123456Z", "2026-01-05T07:59:59UTC"}) {
        variables_["AWS_CREDENTIAL_EXPIRATION"] = past;
        EXPECT_THAT(error().message, HasSubstr("expired at")) << past;
        EXPECT_THAT(error().next_step, HasSubstr("aws sso login"));
    }
    for (const char* fine : {"2026-01-05T08:00:01Z", "not a time", ""}) {
        variables_["AWS_CREDENTIAL_EXPIRATION"] = fine;
        EXPECT_TRUE(get()) << fine;
    }
}

TEST_F(CredentialsTest, OfAKindThatDozeCannotUseSayWhatToDo) {
    const std::map<std::string, std::string> cases{
        {"login_session=arn:aws:iam::1:user/x", "credential_process = aws configure export-credentials --profile dev"},
        {"role_arn=arn:aws:iam::1:role/x\nsource_profile=base\nmfa_serial=arn:aws:iam::1:mfa/x",
         "aws configure export-credentials --profile dev --format env"}};
    for (const auto& [setting, what] : cases) {
        write("config", "[profile dev]\n" + setting + "\n");
        EXPECT_THAT(error("dev").next_step, HasSubstr(what));
    }
}

TEST_F(CredentialsTest, OfTheCredentialsFileOutweighAProgram) {
    write("credentials", "[default]\naws_access_key_id=AK\naws_secret_access_key=hush\n");
    write("config", "[default]\ncredential_process=/bin/false\n");
    EXPECT_EQ(get()->access_key_id, "AK");
}

TEST_F(CredentialsTest, AreReadAgainWhenSomebodySignsIn) {
    EXPECT_FALSE(ask());
    write("credentials", "[default]\naws_access_key_id=AK1\naws_secret_access_key=hush\n");
    EXPECT_EQ(ask_id(), "AK1");
    write("credentials", "[default]\naws_access_key_id=AK22\naws_secret_access_key=hush\n");
    EXPECT_EQ(ask_id(), "AK22");
}

TEST_F(CredentialsTest, OfTheKeyringComeAfterTheEnvironmentAndBeforeTheProfile) {
    keyring_.trouble.reset();
    keyring_.secrets.emplace("default", Secret("AKRING\nhush"));
    write("credentials", "[default]\naws_access_key_id=AKFILE\naws_secret_access_key=hush\n");
    const auto found = get();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->access_key_id, "AKRING");
    EXPECT_EQ(found->secret_access_key.view(), "hush");
    EXPECT_EQ(found->origin, "the desktop's keyring (profile default)");
    set_environment_keys();
    EXPECT_EQ(get()->access_key_id, "AKENV");
}

TEST_F(CredentialsTest, OfTheKeyringAreThoseOfTheProfileAskedFor) {
    keyring_.trouble.reset();
    keyring_.secrets.emplace("default", Secret("AKRING\nhush"));
    write("credentials", "[dev]\naws_access_key_id=AKDEV\naws_secret_access_key=hush\n");
    EXPECT_EQ(get("dev")->access_key_id, "AKDEV");
    keyring_.secrets.emplace("dev", Secret("AKRINGDEV\nhush"));
    EXPECT_EQ(get("dev")->access_key_id, "AKRINGDEV");
}

TEST_F(CredentialsTest, BehindALockedKeyringAreNotReplacedByOthers) {
    keyring_.trouble = fakes::FakeKeyring::locked();
    write("credentials", "[default]\naws_access_key_id=AKFILE\naws_secret_access_key=hush\n");
    EXPECT_EQ(error().message, "The keyring is locked.");
    EXPECT_EQ(error().next_step, "Unlock it.");
}

TEST_F(CredentialsTest, PassOnWhatIsWrongWithAFile) {
    write("credentials", "hush\n");
    EXPECT_THAT(error().message, HasSubstr("Line 1 of ~/.aws/credentials is"));
}

}  // namespace
}  // namespace doze::aws
