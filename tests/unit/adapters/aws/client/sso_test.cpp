#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "chain_fixture.hpp"

namespace doze::aws {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;

// What the AWS CLI calls the cache files: the SHA-1 of "corp", and of "https://corp.awsapps.com/start".
constexpr const char* session_file = "sso/cache/ee0bfd2552fbd840c02cc48b6e823320543c450f.json";
constexpr const char* legacy_file = "sso/cache/a51746d4aa793ae07b25e90c3a5db96fc7832bd7.json";
constexpr const char* session_config =
    "[profile dev]\nsso_session = corp\nsso_account_id = 123456789012\nsso_role_name = Dev\n"
    "[sso-session corp]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n";
constexpr const char* legacy_config =
    "[profile dev]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\n"
    "sso_account_id = 123456789012\nsso_role_name = Dev\n";

class SsoTest : public ChainTest {
   protected:
    SsoTest() {
        write("config", session_config);
        http_.answer = [this](const ports::HttpRequest& request) -> Result<ports::HttpResponse> {
            if (request.url == "https://oidc.eu-west-1.amazonaws.com/token") {
                renewals_.push_back(boost::json::parse(request.body));
                if (!renews_)
                    return ports::HttpResponse{
                        .status = 400, .headers = {{"x-amzn-errortype", "InvalidGrantException"}}, .body = "{}"};
                return FakeHttp::ok(renewed_);
            }
            if (header_of(request, "x-amz-sso_bearer_token") != accepted_) {
                return ports::HttpResponse{
                    .status = 401, .headers = {{"x-amzn-errortype", "UnauthorizedException"}}, .body = "{}"};
            }
            return FakeHttp::ok(
                R"({"roleCredentials": {"accessKeyId": "ASIASSO", "secretAccessKey": "hush", "sessionToken": "t",
                "expiration": 1767603600000}})");  // 2026-01-05T09:00:00Z
        };
    }

    void sign_in(const std::string& token, const std::string& expires, const std::string& more = "",
                 const std::string& file = session_file) {
        write(file, R"({"startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1", "accessToken": ")" +
                        token + R"(", "expiresAt": ")" + expires + "\"" + more + "}");
    }

    std::string accepted_ = "token";
    bool renews_ = true;
    std::string renewed_ =
        R"({"accessToken": "fresh", "expiresIn": 3600, "refreshToken": "next", "tokenType": "Bearer"})";
    std::vector<boost::json::value> renewals_;
    const std::string renewable_ =
        R"(, "clientId": "id", "clientSecret": "hush", "refreshToken": "again", "registrationExpiresAt": "2026-03-01T00:00:00Z")";
};

TEST_F(SsoTest, GivesTheKeysOfARoleForTheTokenOfTheSession) {
    sign_in("token", "2026-01-05T10:00:00Z");
    const auto found = get("dev");
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "ASIASSO");
    EXPECT_EQ(found->secret_access_key.view(), "hush");
    EXPECT_EQ(found->session_token.view(), "t");
    EXPECT_EQ(*found->expires - clock_.wall(), 1h);
    EXPECT_EQ(found->origin, "SSO role Dev in account 123456789012 (profile dev)");
    const auto& request = http_.requests.at(0);
    EXPECT_EQ(
        request.url,
        "https://portal.sso.eu-west-1.amazonaws.com/federation/credentials?account_id=123456789012&role_name=Dev");
    EXPECT_EQ(header_of(request, "Authorization"), "");
}

TEST_F(SsoTest, GivesThemInTheLegacyFormToo) {
    write("config", legacy_config);
    EXPECT_THAT(error("dev").next_step, HasSubstr("aws sso login --profile dev"));
    sign_in("token", "2026-01-05T10:00:00UTC", "", legacy_file);
    EXPECT_EQ(get("dev")->access_key_id, "ASIASSO");
    // What can't be renewed is not: the legacy form has no refresh token.
    sign_in("token", "2026-01-05T08:05:00Z", renewable_, legacy_file);
    EXPECT_EQ(get("dev")->access_key_id, "ASIASSO");
    EXPECT_TRUE(renewals_.empty());
}

TEST_F(SsoTest, RenewsTheTokenBeforeItExpiresAndWritesItBackAsTheAwsCliDoes) {
    accepted_ = "fresh";
    sign_in("token", "2026-01-05T08:14:00Z", renewable_);
    ASSERT_EQ(get("dev")->access_key_id, "ASIASSO");
    ASSERT_EQ(renewals_.size(), 1U);
    EXPECT_EQ(renewals_.front(), boost::json::parse(R"({"grantType": "refresh_token", "clientId": "id",
        "clientSecret": "hush", "refreshToken": "again"})"));
    EXPECT_EQ(boost::json::parse(read(session_file)),
              boost::json::parse(R"({"startUrl": "https://corp.awsapps.com/start", "region": "eu-west-1",
        "accessToken": "fresh", "expiresAt": "2026-01-05T09:00:00Z", "clientId": "id", "clientSecret": "hush",
        "registrationExpiresAt": "2026-03-01T00:00:00Z", "refreshToken": "next"})"));
    struct stat file = {};
    ASSERT_EQ(::stat((home_.path() / ".aws" / session_file).c_str(), &file), 0);
    EXPECT_EQ(file.st_mode & 0777, 0600U);
}

TEST_F(SsoTest, UsesTheOldTokenWhileItHoldsWhereItCannotBeRenewed) {
    renews_ = false;
    sign_in("token", "2026-01-05T08:14:00Z", renewable_);
    EXPECT_EQ(get("dev")->access_key_id, "ASIASSO");
    sign_in("token", "2026-01-05T07:59:00Z", renewable_);
    EXPECT_EQ(error("dev").message, "The SSO sign-in to corp has expired.");
    sign_in("token", "2026-01-05T07:59:00Z");
    EXPECT_EQ(error("dev").next_step, "Run `aws sso login --profile dev`; doze notices by itself.");
}

TEST_F(SsoTest, KeepsTheOldTokenWhereTheAnswerHoldsNoWholeNewOne) {
    for (const auto* answer : {R"({"accessToken": "fresh"})", R"({"expiresIn": 3600})", "{}", "nonsense",
                               R"({"accessToken": "fresh", "expiresIn": "soon"})"}) {
        renewed_ = answer;
        sign_in("token", "2026-01-05T08:14:00Z", renewable_);
        const auto before = read(session_file);
        EXPECT_EQ(get("dev")->access_key_id, "ASIASSO") << answer;
        EXPECT_EQ(read(session_file), before) << answer;
    }
    renewed_ = R"({"accessToken": "fresh", "expiresIn": 60})";
    accepted_ = "fresh";
    EXPECT_EQ(get("dev")->access_key_id, "ASIASSO");
    EXPECT_EQ(boost::json::parse(read(session_file)).at("expiresAt"), "2026-01-05T08:01:00Z");
    EXPECT_FALSE(boost::json::parse(read(session_file)).as_object().contains("refreshToken")) << "it was good once";
}

TEST_F(SsoTest, AsksForARenewalOnlyWithAllThatItTakes) {
    const std::string all =
        R"({"clientId": "id", "clientSecret": "hush", "refreshToken": "again", "registrationExpiresAt": "2026-03-01T00:00:00Z"})";
    for (const auto* member : {"clientId", "clientSecret", "refreshToken", "registrationExpiresAt"}) {
        auto some = boost::json::parse(all).as_object();
        some.erase(member);
        const auto text = boost::json::serialize(some);
        sign_in("token", "2026-01-05T08:14:00Z", ", " + text.substr(1, text.size() - 2));
        EXPECT_EQ(get("dev")->access_key_id, "ASIASSO") << member;
    }
    sign_in(
        "token", "2026-01-05T08:14:00Z",
        R"(, "clientId": "id", "clientSecret": "hush", "refreshToken": "again", "registrationExpiresAt": "2026-01-05T08:00:00Z")");
    EXPECT_EQ(get("dev")->access_key_id, "ASIASSO");
    EXPECT_TRUE(renewals_.empty());
}

TEST_F(SsoTest, NoticesThatSomebodySignedIn) {
    Profiles profiles(variables_, "dev");
    CredentialsChain chain(places(profiles));
    EXPECT_FALSE(wait(chain.get(clock_.wall())));
    sign_in("ended", "2026-01-05T10:00:00Z");
    EXPECT_THAT(wait(chain.get(clock_.wall())).error().message, HasSubstr("The SSO sign-in has ended"));
    sign_in("token", "2026-01-05T10:00:00Z");
    EXPECT_TRUE(wait(chain.get(clock_.wall())));
}

TEST_F(SsoTest, ThatCannotBeRenewedIsNotAskedForAgainAtOnce) {
    renews_ = false;
    sign_in("token", "2026-01-05T07:59:00Z", renewable_);
    Profiles profiles(variables_, "dev");
    CredentialsChain chain(places(profiles));
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(wait(chain.get(clock_.wall())));
    EXPECT_EQ(renewals_.size(), 1U);
}

TEST_F(SsoTest, SaysWhatIsMissingInTheConfiguration) {
    const std::map<std::string, std::string> cases{
        {"[profile dev]\nsso_account_id=1\nsso_session=gone\n", "there is no [sso-session gone]"},
        {"[profile dev]\nsso_account_id=1\n", "sso_role_name is missing"},
        {"[profile dev]\nsso_role_name=1\nsso_session=s\n[sso-session s]\nsso_region=eu-west-1\n",
         "sso_account_id is missing"},
        {"[profile dev]\nsso_role_name=a\nsso_account_id=1\nsso_session=s\nsso_region=eu-west-2\n[sso-session s]\n"
         "sso_region=eu-west-1\nsso_start_url=u\n",
         "sso_region is another"}};
    for (const auto& [config, what] : cases) {
        write("config", config);
        EXPECT_THAT(error("dev").message, HasSubstr(what)) << config;
    }
}

TEST_F(SsoTest, TakesNoNonsenseForAToken) {
    for (const char* nonsense :
         {"", "hush", "[]", "{}", R"({"accessToken": "hush"})", R"({"accessToken": 1, "expiresAt": 2})"}) {
        write(session_file, nonsense);
        EXPECT_THAT(error("dev").message, HasSubstr("makes no sense"));
    }
}

TEST_F(SsoTest, AsksTheEndpointsThatTheEnvironmentNames) {
    variables_["AWS_ENDPOINT_URL_SSO"] = "http://127.0.0.1:1";
    variables_["AWS_ENDPOINT_URL_SSO_OIDC"] = "http://127.0.0.1:2";
    sign_in("token", "2026-01-05T08:14:00Z", renewable_);
    ASSERT_TRUE(get("dev"));
    EXPECT_EQ(http_.to("http://127.0.0.1:2/token").size(), 1U);
    EXPECT_EQ(http_.to("http://127.0.0.1:1/federation/credentials").size(), 1U);
}

}  // namespace
}  // namespace doze::aws
