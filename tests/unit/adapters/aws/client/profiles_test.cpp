#include "adapters/aws/profiles/profiles.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <utility>

#include "fakes/temp_dir.hpp"
#include "variables.hpp"

namespace doze::aws {
namespace {

using testing::HasSubstr;

class ProfilesTest : public testing::Test {
   protected:
    void write(const std::string& name, const std::string& text) const {
        std::filesystem::create_directories(home_.path() / ".aws");
        std::ofstream(home_.path() / ".aws" / name, std::ios::binary) << text;
    }

    fakes::TempDir home_;
    Variables variables_{{"HOME", home_.path().string()}};
};

TEST_F(ProfilesTest, FindNothingWhereThereAreNoFiles) {
    const auto profile = Profiles(variables_).load();
    ASSERT_TRUE(profile);
    EXPECT_EQ(profile->name, "default");
    EXPECT_FALSE(profile->found);
    EXPECT_EQ(profile->credentials_file, "~/.aws/credentials");
}

TEST_F(ProfilesTest, JoinBothFilesAndPreferTheCredentialsFile) {
    write("credentials", "[dev]\na = of credentials\n");
    write("config", "[profile dev]\na = of config\nb = of config\n[dev]\nc = of no profile\n");
    const auto profile = Profiles(variables_, "dev").load();
    EXPECT_EQ(profile->get("a"), "of credentials");
    EXPECT_EQ(profile->get("b"), "of config");
    EXPECT_EQ(profile->get("c"), "");
}

TEST_F(ProfilesTest, TakeTheLaterOfDefaultAndProfileDefault) {
    write("config", "[default]\na = plain\n");
    EXPECT_EQ(Profiles(variables_).load()->get("a"), "plain");
    write("config", "[default]\na = plain\n[profile default]\na = full title\n");
    EXPECT_EQ(Profiles(variables_).load()->get("a"), "full title");
    write("config", "[profile default]\na = full title\nb = 1\n[default]\na = plain\n");
    EXPECT_EQ(Profiles(variables_).load()->get("a"), "plain");
    EXPECT_EQ(Profiles(variables_).load()->get("b"), "");
}

TEST_F(ProfilesTest, FindTheSectionsThatTheProfileNames) {
    write("config",
          "[default]\nsso_session = a b\nservices = s\n[sso-session 'a b']\nsso_region = x\n"
          "[services s]\nec2 =\n  endpoint_url = http://e\n");
    const auto profile = Profiles(variables_).load();
    EXPECT_EQ(profile->sso_session.at("sso_region").view(), "x");
    EXPECT_EQ(profile->services->nested.at("ec2").at("endpoint_url").view(), "http://e");
    write("config", "[default]\nsso_session = no\nservices = no\n[services s]\n");
    EXPECT_TRUE(Profiles(variables_).load()->sso_session.empty());
    EXPECT_FALSE(Profiles(variables_).load()->services);
}

TEST_F(ProfilesTest, AreNamedByBothFiles) {
    write("credentials", "[dev]\n[ odd ]\n");
    write("config", "[default]\n[profile 'a b']\n[profile dev]\n[preview]\n[profilex]\n");
    EXPECT_EQ(*Profiles(variables_).names(), (std::vector<std::string>{" odd ", "a b", "default", "dev"}));
}

TEST_F(ProfilesTest, ChooseTheNameByArgumentThenEnvironment) {
    EXPECT_EQ(Profiles(variables_).load()->name, "default");
    variables_["AWS_DEFAULT_PROFILE"] = "old";
    EXPECT_EQ(Profiles(variables_).load()->name, "old");
    variables_["AWS_PROFILE"] = "new";
    EXPECT_EQ(Profiles(variables_).load()->name, "new");
    Profiles profiles(variables_, "explicit");
    EXPECT_EQ(profiles.load()->name, "explicit");
    profiles.choose("");
    EXPECT_EQ(profiles.load()->name, "new");
}

TEST_F(ProfilesTest, FindTheFilesThatTheEnvironmentNames) {
    write("elsewhere", "[default]\na = 1\n");
    write("conf", "[default]\nb = 2\n");
    variables_["AWS_SHARED_CREDENTIALS_FILE"] = "~/.aws/elsewhere";
    variables_["PART"] = ".aws";
    variables_["AWS_CONFIG_FILE"] = "$HOME/${PART}/conf";
    const auto profile = Profiles(variables_).load();
    EXPECT_EQ(profile->get("a"), "1");
    EXPECT_EQ(profile->get("b"), "2");
    EXPECT_EQ(profile->credentials_file, "~/.aws/elsewhere");
}

TEST_F(ProfilesTest, ReadAFileAgainWhenItChanged) {
    Profiles profiles(variables_);
    EXPECT_FALSE(profiles.load()->found);
    write("credentials", "[default]\na = 1\n");
    EXPECT_EQ(profiles.load()->get("a"), "1");
    write("credentials", "[default]\na = 22\n");
    EXPECT_EQ(profiles.load()->get("a"), "22");
    std::filesystem::remove(home_.path() / ".aws/credentials");
    EXPECT_FALSE(profiles.load()->found);
}

TEST_F(ProfilesTest, SayWhichFileIsBrokenAndRecoverOnceItIsMended) {
    write("credentials", "[default]\nwhat is this\n");
    Profiles profiles(variables_);
    const auto broken = profiles.load();
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::no_credentials);
    EXPECT_EQ(broken.error().message, "Line 2 of ~/.aws/credentials is neither [section] nor key = value.");
    EXPECT_FALSE(profiles.load());
    write("credentials", "[default]\na = mended\n");
    EXPECT_EQ(profiles.load()->get("a"), "mended");
}

TEST_F(ProfilesTest, GoOnWithWhatAFileSaidWhileItIsBroken) {
    write("config", "[default]\na = 1\n");
    Profiles profiles(variables_);
    EXPECT_EQ(profiles.load()->get("a"), "1");
    EXPECT_FALSE(profiles.trouble());
    const auto before = profiles.fingerprint();
    write("config", "[default]\na = 2\nhalf a li");
    EXPECT_EQ(profiles.load()->get("a"), "1");
    EXPECT_EQ(profiles.fingerprint(), before);
    ASSERT_TRUE(profiles.trouble());
    EXPECT_EQ(profiles.trouble()->message, "Line 3 of ~/.aws/config is neither [section] nor key = value.");
    write("config", "[default]\na = 2\nhalf = a line\n");
    EXPECT_EQ(profiles.load()->get("a"), "2");
    EXPECT_FALSE(profiles.trouble());
}

TEST_F(ProfilesTest, HaveAFingerprintOfTheOneThatAppliesAndItsSources) {
    variables_["AWS_PROFILE"] = "dev";
    write("config", "[profile dev]\nsource_profile = base\nsso_session = s\n[sso-session s]\nx = 1\n");
    write("credentials", "[base]\nsource_profile = dev\na = 1\n[other]\na = 1\n");
    Profiles profiles(variables_);
    auto last = profiles.fingerprint();
    const auto changes = [&] { return std::exchange(last, profiles.fingerprint()) != last; };
    EXPECT_FALSE(changes());
    write("credentials", "[base]\nsource_profile = dev\na = 1\n[other]\na = 2222\n[new]\n");
    EXPECT_FALSE(changes());
    write("credentials", "[base]\nsource_profile = dev\na = 22\n[other]\na = 2222\n[new]\n");
    EXPECT_TRUE(changes());
    write("config", "[profile dev]\nsource_profile = base\nsso_session = s\n[sso-session s]\nx = 22\n");
    EXPECT_TRUE(changes());
    profiles.choose("other");
    EXPECT_TRUE(changes());
    std::filesystem::remove(home_.path() / ".aws/credentials");
    EXPECT_TRUE(changes());
    EXPECT_FALSE(changes());
}

TEST_F(ProfilesTest, TakeWhatIsNoFileForNone) {
    for (const std::string& path : {home_.path().string(), std::string("/dev/zero"), std::string("/dev/null")}) {
        variables_["AWS_CONFIG_FILE"] = path;
        const auto profile = Profiles(variables_).load();
        ASSERT_TRUE(profile) << path;
        EXPECT_FALSE(profile->found);
    }
}

TEST_F(ProfilesTest, SayThatAFileIsTooLarge) {
    write("config", "[default]\n");
    std::filesystem::resize_file(home_.path() / ".aws/config", Profiles::largest_file + 1);
    EXPECT_EQ(Profiles(variables_).load().error().message, "~/.aws/config is too large for a file of AWS profiles.");
    std::filesystem::resize_file(home_.path() / ".aws/config", Profiles::largest_file);
    EXPECT_THAT(Profiles(variables_).load().error().message, HasSubstr("Line 2 of"));
}

TEST_F(ProfilesTest, SayThatAFileMayNotBeRead) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may read everything";
    write("credentials", "[default]\n");
    std::filesystem::permissions(home_.path() / ".aws/credentials", std::filesystem::perms::none);
    const auto profile = Profiles(variables_).load();
    ASSERT_FALSE(profile);
    EXPECT_EQ(profile.error().message, "~/.aws/credentials can't be read: Permission denied.");
    EXPECT_THAT(profile.error().next_step, HasSubstr("chmod u+r"));
}

}  // namespace
}  // namespace doze::aws
