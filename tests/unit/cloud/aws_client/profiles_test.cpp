#include "cloud/aws/profiles.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/temp_dir.hpp"
#include "variables.hpp"

namespace doze::cloud::aws {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string value(const IniSections& sections, const std::string& title, const std::string& key) {
    const auto section = sections.find(title);
    if (section == sections.end()) return "no section";
    const auto found = section->second.find(key);
    return found == section->second.end() ? "no key" : std::string(found->second.view());
}

IniSections parsed(std::string_view text) {
    auto sections = parse_ini(text, "file");
    EXPECT_TRUE(sections) << sections.error().message;
    return sections ? *sections : IniSections();
}

TEST(Ini, ReadsKeysInAnyCaseWithAnyBlanks) {
    const auto file =
        parsed("\xEF\xBB\xBF[default]\r\nAWS_Access_Key_ID=AKID\r\n\taws_secret_access_key \t=  a/b+c=  \r\n");
    EXPECT_EQ(value(file, "default", "aws_access_key_id"), "AKID");
    EXPECT_EQ(value(file, "default", "aws_secret_access_key"), "a/b+c=");
}

TEST(Ini, ReadsTitlesWithQuotesAndBlanks) {
    const auto file = parsed("[ profile   \"my dev\" ]\na=1\n[profile x] # mine\na=2\n[]\na=3\n");
    EXPECT_EQ(value(file, "profile my dev", "a"), "1");
    EXPECT_EQ(value(file, "profile x", "a"), "2");
}

TEST(Ini, LeavesOutComments) {
    const auto file = parsed("# c\n  ; c\n[s]\na = 1 # c\nb = 2 ;c\nc = http://h/#x\n#d = 4\n");
    EXPECT_EQ(value(file, "s", "a"), "1");
    EXPECT_EQ(value(file, "s", "b"), "2");
    EXPECT_EQ(value(file, "s", "c"), "http://h/#x");
    EXPECT_EQ(value(file, "s", "d"), "no key");
}

TEST(Ini, NestsKeysBelowOneWithoutAValue) {
    const auto file =
        parsed("[services s]\nec2 =\n  endpoint_url = http://e\n  x = 1\necs =\n  endpoint_url = http://c\nz=2\n");
    EXPECT_EQ(value(file, "services s", "ec2.endpoint_url"), "http://e");
    EXPECT_EQ(value(file, "services s", "ec2.x"), "1");
    EXPECT_EQ(value(file, "services s", "ecs.endpoint_url"), "http://c");
    EXPECT_EQ(value(file, "services s", "z"), "2");
}

TEST(Ini, AddsUpSectionsAndTakesTheLastOfTwoValues) {
    const auto file = parsed("[s]\na=1\nb=1\n[t]\na=9\n[s]\nb=2");
    EXPECT_EQ(value(file, "s", "a"), "1");
    EXPECT_EQ(value(file, "s", "b"), "2");
}

TEST(Ini, NamesFileAndLineButNoValueOfWhatItCannotRead) {
    const std::map<std::string, std::string> cases{
        {"[s]\n\nSECRET\n", "Line 3 of file is neither [section] nor key = value."},
        {"k = SECRET\n", "Line 1 of file is a setting before the first [section]."},
        {"[s\nk = SECRET\n", "Line 1 of file is a [section] that is not closed."}};
    for (const auto& [text, message] : cases) {
        const auto result = parse_ini(text, "file");
        ASSERT_FALSE(result) << text;
        EXPECT_EQ(result.error().message, message);
    }
}

TEST(Ini, TakesAnyBytes) {
    for (const std::string_view text : {"", "\n", "=", "[", "]", "[s]\n=", "[s]\n = \n  =", "\xff\xfe", "[\"]\n"}) {
        static_cast<void>(parse_ini(text, "file"));
    }
    static_cast<void>(parse_ini(std::string_view("[s]\na=\0b", 8), "file"));
}

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

TEST_F(ProfilesTest, TakeProfileDefaultBeforeDefault) {
    write("config", "[default]\na = plain\n");
    EXPECT_EQ(Profiles(variables_).load()->get("a"), "plain");
    write("config", "[default]\na = plain\n[profile default]\na = full title\n");
    EXPECT_EQ(Profiles(variables_).load()->get("a"), "full title");
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
    variables_["AWS_CONFIG_FILE"] = home_.path() / ".aws/conf";
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

TEST_F(ProfilesTest, TakeADirectoryOrAnEndlessDeviceForAnError) {
    variables_["AWS_CONFIG_FILE"] = home_.path();
    EXPECT_THAT(Profiles(variables_).load().error().message, HasSubstr("can't be read"));
    variables_["AWS_CONFIG_FILE"] = "/dev/zero";
    EXPECT_THAT(Profiles(variables_).load().error().message, HasSubstr("/dev/zero is too large"));
    variables_["AWS_CONFIG_FILE"] = "/dev/null";
    EXPECT_TRUE(Profiles(variables_).load());
}

}  // namespace
}  // namespace doze::cloud::aws
