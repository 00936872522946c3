#include "cloud/aws/credentials.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_dir.hpp"
#include "variables.hpp"

namespace doze::cloud::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

class CredentialsTest : public testing::Test {
   protected:
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(home_.path() / ".aws");
        std::ofstream(home_.path() / ".aws" / name, std::ios::binary) << text;
    }

    Result<Credentials> get(const std::string& profile = {}) const {
        Profiles profiles(variables_, profile);
        return CredentialsChain(variables_, profiles).get(std::chrono::sys_days(std::chrono::year(2026) / 3 / 1));
    }

    Error error(const std::string& profile = {}) const {
        const auto credentials = get(profile);
        EXPECT_FALSE(credentials);
        if (credentials) return {};
        EXPECT_EQ(credentials.error().code, ErrorCode::no_credentials);
        EXPECT_NE(credentials.error().next_step, "");
        EXPECT_THAT(credentials.error().text(), Not(HasSubstr("hush")));
        return credentials.error();
    }

    void set_environment_keys() const {
        variables_["AWS_ACCESS_KEY_ID"] = "AKENV";
        variables_["AWS_SECRET_ACCESS_KEY"] = "hush";
    }

    fakes::TempDir home_;
    Variables variables_{{"HOME", home_.path().string()}};
};

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
    EXPECT_THAT(error("other").message, HasSubstr("because a profile was asked for by name"));
    variables_["AWS_PROFILE"] = "dev";
    EXPECT_EQ(get()->access_key_id, "AKENV");
}

TEST_F(CredentialsTest, SayOfEveryPlaceWhyItHasNone) {
    EXPECT_EQ(error().message,
              "No AWS credentials: AWS_ACCESS_KEY_ID is not set in the environment, and there is no profile default in "
              "~/.aws/credentials or ~/.aws/config.");
    write("config", "[default]\nregion=eu-west-1\n");
    EXPECT_THAT(error().message, HasSubstr("profile default has no aws_access_key_id in"));
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
    for (const char* past : {"2026-02-28T23:59:59Z", "2026-03-01T00:59:59+01:00", "2026-03-01T00:00:00+00:00"}) {
        variables_["AWS_CREDENTIAL_EXPIRATION"] = past;
        EXPECT_THAT(error().message, HasSubstr("expired at")) << past;
        EXPECT_THAT(error().next_step, HasSubstr("aws sso login"));
    }
    for (const char* fine : {"2026-03-01T00:00:01Z", "not a time", ""}) {
        variables_["AWS_CREDENTIAL_EXPIRATION"] = fine;
        EXPECT_TRUE(get()) << fine;
    }
}

TEST_F(CredentialsTest, OfAKindNotSupportedYetSayHowToExportThem) {
    const std::map<std::string, std::string> cases{{"role_arn=arn:aws:iam::1:role/x\nsource_profile=base", "role_arn"},
                                                   {"sso_session=corp\nsso_account_id=1", "sso"},
                                                   {"sso_start_url=https://x", "sso"},
                                                   {"credential_process=/bin/x hush", "credential_process"}};
    for (const auto& [setting, kind] : cases) {
        write("config", "[profile dev]\n" + setting + "\n");
        const Error why = error("dev");
        EXPECT_THAT(why.message, HasSubstr("gets its credentials by " + kind + ", which doze does not support yet."));
        EXPECT_THAT(why.next_step, HasSubstr("aws configure export-credentials --profile dev"));
    }
}

TEST_F(CredentialsTest, OfTheCredentialsFileOutweighAProgramButNotARole) {
    write("credentials", "[default]\naws_access_key_id=AK\naws_secret_access_key=hush\n");
    write("config", "[default]\ncredential_process=/bin/x\n");
    EXPECT_TRUE(get());
    write("config", "[default]\nrole_arn=arn:aws:iam::1:role/x\nsource_profile=default\n");
    EXPECT_THAT(error().message, HasSubstr("role_arn"));
}

TEST_F(CredentialsTest, AreReadAgainWhenSomebodySignsIn) {
    Profiles profiles(variables_);
    CredentialsChain chain(variables_, profiles);
    EXPECT_FALSE(chain.get({}));
    write("credentials", "[default]\naws_access_key_id=AK1\naws_secret_access_key=hush\n");
    EXPECT_EQ(chain.get({})->access_key_id, "AK1");
    write("credentials", "[default]\naws_access_key_id=AK22\naws_secret_access_key=hush\n");
    EXPECT_EQ(chain.get({})->access_key_id, "AK22");
}

TEST_F(CredentialsTest, PassOnWhatIsWrongWithAFile) {
    write("credentials", "hush\n");
    EXPECT_THAT(error().message, HasSubstr("Line 1 of ~/.aws/credentials is"));
}

}  // namespace
}  // namespace doze::cloud::aws
