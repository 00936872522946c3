#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chain_fixture.hpp"

namespace doze::aws {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// An STS that gives keys called after who asks: "ASIA-1", "ASIA-2", ...
class RoleTest : public ChainTest {
   protected:
    RoleTest() {
        http_.answer = [this](const ports::HttpRequest& request) -> Result<ports::HttpResponse> {
            if (!refusal_.empty()) {
                return ports::HttpResponse{.status = 403,
                                           .headers = {},
                                           .body = "<ErrorResponse><Error><Code>" + refusal_ + "</Code><Message>" +
                                                   refusal_words_ + "</Message></Error></ErrorResponse>"};
            }
            const std::string operation =
                request.body.find("WebIdentity") == std::string::npos ? "AssumeRole" : "AssumeRoleWithWebIdentity";
            return FakeHttp::ok("<" + operation + "Response><" + operation + "Result><Credentials><AccessKeyId>ASIA-" +
                                std::to_string(++serial_) +
                                "</AccessKeyId><SecretAccessKey>hush</SecretAccessKey><SessionToken>tt</SessionToken>"
                                "<Expiration>2026-01-05T09:00:00Z</Expiration></Credentials></" +
                                operation + "Result></" + operation + "Response>");
        };
    }

    std::string signer(std::size_t request) const {
        const auto header = header_of(http_.requests.at(request), "Authorization");
        const auto from = header.find("Credential=");
        return from == std::string::npos ? "" : header.substr(from + 11, header.find('/', from) - from - 11);
    }

    int serial_ = 0;
    std::string refusal_;
    std::string refusal_words_ = "no";
};

TEST_F(RoleTest, IsTakenWithTheKeysOfItsSourceProfile) {
    write("credentials", "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=hush\n");
    write(
        "config",
        "[profile dev]\nrole_arn=arn:aws:iam::1:role/dev\nsource_profile=base\nexternal_id=e x\nrole_session_name=me\n"
        "duration_seconds=900\nregion=eu-west-1\n");
    const auto found = get("dev");
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "ASIA-1");
    EXPECT_EQ(found->session_token.view(), "tt");
    EXPECT_EQ(*found->expires - clock_.wall(), 1h);
    EXPECT_EQ(found->origin, "role arn:aws:iam::1:role/dev of profile dev, by profile base of ~/.aws/credentials");
    EXPECT_EQ(signer(0), "AKBASE");
    const auto& request = http_.requests.at(0);
    EXPECT_EQ(request.url, "https://sts.eu-west-1.amazonaws.com/");
    EXPECT_THAT(
        request.body,
        AllOf(HasSubstr("Action=AssumeRole&"), HasSubstr("RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fdev"),
              HasSubstr("ExternalId=e%20x"), HasSubstr("RoleSessionName=me"), HasSubstr("DurationSeconds=900")));
}

TEST_F(RoleTest, MayBeTakenWithAnotherRole) {
    write("credentials", "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=hush\n");
    write("config",
          "[profile one]\nrole_arn=arn:aws:iam::1:role/one\nsource_profile=base\n"
          "[profile two]\nrole_arn=arn:aws:iam::2:role/two\nsource_profile=one\nduration_seconds=soon\n");
    const auto found = get("two");
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "ASIA-2");
    EXPECT_EQ(signer(0), "AKBASE");
    EXPECT_EQ(signer(1), "ASIA-1");
    EXPECT_THAT(http_.requests.at(1).body, AllOf(HasSubstr("RoleSessionName=doze"), Not(HasSubstr("DurationSeconds"))));
}

TEST_F(RoleTest, OutweighsTheKeysBesideIt) {
    write("credentials", "[default]\naws_access_key_id=AK\naws_secret_access_key=hush\n");
    write("config", "[default]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=default\n");
    const auto found = get();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "ASIA-1");
    EXPECT_EQ(signer(0), "AK");
}

TEST_F(RoleTest, OfASourceWithKeysDoesNotMatter) {
    write("credentials", "[base]\naws_access_key_id=AKBASE\naws_secret_access_key=hush\n");
    write("config",
          "[profile base]\nrole_arn=arn:aws:iam::1:role/base\nsource_profile=base\n"
          "[profile dev]\nrole_arn=arn:aws:iam::1:role/dev\nsource_profile=base\n");
    ASSERT_TRUE(get("dev"));
    EXPECT_EQ(signer(0), "AKBASE");
    EXPECT_EQ(http_.requests.size(), 1U);
}

TEST_F(RoleTest, ThatLeadsBackToItselfIsRefused) {
    write("config",
          "[profile a]\nrole_arn=arn:aws:iam::1:role/a\nsource_profile=b\n"
          "[profile b]\nrole_arn=arn:aws:iam::1:role/b\nsource_profile=a\n"
          "[profile own]\nrole_arn=arn:aws:iam::1:role/own\nsource_profile=own\n");
    EXPECT_EQ(error("a").message, "Profile b leads back to itself: a -> b -> a.");
    EXPECT_EQ(error("own").message, "Profile own leads back to itself: own -> own.");
    EXPECT_TRUE(http_.requests.empty());
}

TEST_F(RoleTest, WithoutAUsableSourceIsAnError) {
    const std::string role = "[profile dev]\nrole_arn=arn:aws:iam::1:role/dev\n";
    write("config", role);
    EXPECT_THAT(error("dev").message, HasSubstr("neither source_profile nor credential_source"));
    write("config", role + "source_profile=a\ncredential_source=Environment\n");
    EXPECT_THAT(error("dev").message, HasSubstr("both source_profile and credential_source"));
    write("config", role + "source_profile=nobody\n");
    EXPECT_THAT(error("dev").message, HasSubstr("source_profile nobody, which does not exist"));
    write("config", role + "source_profile=empty\n[profile empty]\nregion=eu-west-1\n");
    EXPECT_THAT(error("dev").message, HasSubstr("source_profile empty, which has no credentials"));
    write("config", role + "credential_source=environment\n");
    EXPECT_THAT(error("dev").message, HasSubstr("none of Environment, Ec2InstanceMetadata and EcsContainer"));
    write("config", role + "credential_source=Environment\n");
    EXPECT_THAT(error("dev").message, HasSubstr("credential_source Environment: AWS_ACCESS_KEY_ID is not set"));
    variables_["AWS_EC2_METADATA_DISABLED"] = "true";
    write("config", role + "credential_source=Ec2InstanceMetadata\n");
    EXPECT_THAT(error("dev").message, HasSubstr("is switched off"));
}

TEST_F(RoleTest, MayBeTakenWithTheKeysOfTheEnvironmentOrTheContainer) {
    write("config",
          "[profile dev]\nrole_arn=arn:aws:iam::1:role/dev\ncredential_source=Environment\n"
          "[profile box]\nrole_arn=arn:aws:iam::1:role/dev\ncredential_source=EcsContainer\n");
    set_environment_keys();
    ASSERT_TRUE(get("dev"));
    EXPECT_EQ(signer(0), "AKENV");
    variables_["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
    const auto sts = http_.answer;
    http_.answer = [&](const ports::HttpRequest& request) {
        return request.url == "http://169.254.170.2/x"
                   ? FakeHttp::ok(R"({"AccessKeyId": "AKBOX", "SecretAccessKey": "s"})")
                   : sts(request);
    };
    ASSERT_TRUE(get("box"));
    EXPECT_EQ(signer(2), "AKBOX");
}

TEST_F(RoleTest, IsAskedForInThePartitionOfItsArn) {
    set_environment_keys();
    write("config", "[profile dev]\nrole_arn=arn:aws-cn:iam::1:role/dev\ncredential_source=Environment\n");
    ASSERT_TRUE(get("dev"));
    EXPECT_EQ(http_.requests.at(0).url, "https://sts.cn-north-1.amazonaws.com.cn/");
    variables_["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:1";
    ASSERT_TRUE(get("dev"));
    EXPECT_EQ(http_.requests.at(1).url, "http://127.0.0.1:1/");
}

TEST_F(RoleTest, ThatAwsRefusesIsNotAskedForAgainAtOnce) {
    set_environment_keys();
    write("config", "[default]\nrole_arn=arn:aws:iam::1:role/dev\ncredential_source=Environment\n");
    Profiles profiles(variables_, "default");
    CredentialsChain chain(places(profiles));
    refusal_ = "AccessDenied";
    for (int i = 0; i < 5; ++i) {
        const auto found = wait(chain.get(clock_.wall()));
        ASSERT_FALSE(found);
        EXPECT_THAT(found.error().text(), AllOf(HasSubstr("Profile default: AWS refused AssumeRole in us-east-1"),
                                                HasSubstr("Allow the IAM action sts:AssumeRole")));
    }
    EXPECT_EQ(http_.requests.size(), 1U);
    refusal_.clear();
    clock_.advance(30s);
    EXPECT_TRUE(wait(chain.get(clock_.wall())));
}

TEST_F(RoleTest, ThatIsAskedForTooLongSaysWhatToTakeOut) {
    const std::map<std::string, std::string> cases{
        {"The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
         "Take duration_seconds out of profile default in ~/.aws/config: a role taken with another role holds 3600 s "
         "at "
         "most."},
        {"The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
         "Take duration_seconds out of profile default in ~/.aws/config, or ask for no more than the role's maximum "
         "session duration."},
        {"1 validation error detected: Value '1' at 'durationSeconds' failed to satisfy constraint",
         "Take duration_seconds out of profile default in ~/.aws/config, or set it to between 900 and 43200."}};
    set_environment_keys();
    write("config",
          "[default]\nrole_arn=arn:aws:iam::1:role/dev\ncredential_source=Environment\nduration_seconds=43200\n");
    refusal_ = "ValidationError";
    for (const auto& [words, advice] : cases) {
        refusal_words_ = words;
        const auto found = get("default");
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().next_step, advice);
    }
    refusal_ = "AccessDenied";
    refusal_words_ = "no";
    EXPECT_THAT(get("default").error().next_step, HasSubstr("Allow the IAM action sts:AssumeRole"))
        << "not each refusal is about it";
}

TEST_F(RoleTest, ByWebIdentityDoesNotLookBelowTheHomeFolderByATilde) {
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = "~/token";
    variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/pod";
    EXPECT_THAT(error().message, HasSubstr("~/token"));
    EXPECT_THAT(error().next_step, HasSubstr("Write the whole path"));
}

TEST_F(RoleTest, IsGivenForAWebIdentityTokenWithoutASignature) {
    write("token", "web.identity/token");
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = home_.path() / ".aws/token";
    EXPECT_THAT(error().next_step, HasSubstr("AWS_ROLE_ARN"));
    variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/pod";
    variables_["AWS_ROLE_SESSION_NAME"] = "pod";
    const auto found = get();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "ASIA-1");
    EXPECT_THAT(found->origin, HasSubstr("role arn:aws:iam::1:role/pod by the web identity token in /"));
    const auto& request = http_.requests.at(0);
    EXPECT_EQ(header_of(request, "Authorization"), "");
    EXPECT_THAT(request.body, AllOf(HasSubstr("Action=AssumeRoleWithWebIdentity"), HasSubstr("RoleSessionName=pod"),
                                    HasSubstr("WebIdentityToken=web.identity%2Ftoken")));
}

TEST_F(RoleTest, ByWebIdentityMayComeFromTheProfileAndFillInFromIt) {
    write("token", "web.identity.token");
    const std::string file = (home_.path() / ".aws/token").string();
    write("config", "[profile pod]\nrole_arn=arn:aws:iam::1:role/pod\nweb_identity_token_file=" + file + "\n");
    EXPECT_EQ(get("pod")->access_key_id, "ASIA-1");
    variables_["AWS_PROFILE"] = "pod";
    variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/other";
    ASSERT_TRUE(get());
    EXPECT_THAT(http_.requests.back().body, HasSubstr("role%2Fother"));
    // A profile that was asked for otherwise does not mix with the environment.
    ASSERT_TRUE(get("pod"));
    EXPECT_THAT(http_.requests.back().body, HasSubstr("role%2Fpod"));
}

TEST_F(RoleTest, ByWebIdentityReadsTheTokenAnewForEachRenewal) {
    variables_["AWS_WEB_IDENTITY_TOKEN_FILE"] = home_.path() / ".aws/token";
    variables_["AWS_ROLE_ARN"] = "arn:aws:iam::1:role/pod";
    EXPECT_THAT(ask_id(), HasSubstr("There is no web identity token file"));
    write("token", "old");
    EXPECT_EQ(ask_id(), "ASIA-1");
    write("token", "new");
    clock_.advance(50min);
    EXPECT_EQ(ask_id(), "ASIA-2");
    EXPECT_THAT(http_.requests.back().body, HasSubstr("WebIdentityToken=new"));
}

TEST_F(RoleTest, MayHaveAWebIdentityForItsSource) {
    write("token", "t");
    write("config", "[profile pod]\nrole_arn=arn:aws:iam::1:role/pod\nweb_identity_token_file=" +
                        (home_.path() / ".aws/token").string() +
                        "\n[profile dev]\nrole_arn=arn:aws:iam::1:role/dev\nsource_profile=pod\n");
    EXPECT_EQ(get("dev")->access_key_id, "ASIA-2");
    EXPECT_EQ(signer(1), "ASIA-1");
}

}  // namespace
}  // namespace doze::aws
