#include "auth/credentials_file.hpp"

#include <gtest/gtest.h>

namespace doze::auth {
namespace {

const cloud::aws::Credentials keys{.access_key_id = "AKIANEW", .secret_access_key = Secret("new/secret+")};
const std::string ours =
    "# kept by `doze auth set`\naws_access_key_id = AKIANEW\naws_secret_access_key = new/secret+\n";

TEST(CredentialsFile, IsBegunWithTheProfile) {
    EXPECT_EQ(with_keys("", "default", keys), "[default]\n" + ours);
}

TEST(CredentialsFile, GetsANewProfileAtItsEnd) {
    EXPECT_EQ(with_keys("[a]\nx = 1\n", "dev", keys), "[a]\nx = 1\n\n[dev]\n" + ours);
    EXPECT_EQ(with_keys("[a]\nx = 1", "dev", keys), "[a]\nx = 1\n\n[dev]\n" + ours);
}

TEST(CredentialsFile, KeepsEverythingButTheKeysOfTheProfile) {
    const std::string before =
        "# mine\n[a]\naws_access_key_id = AKA\naws_secret_access_key = a\n\n"
        "[ dev ] ; work\n  # old ones\nAWS_Access_Key_Id=AKOLD\nregion = eu-west-1\naws_secret_access_key = old\n"
        "aws_session_token = stale\n\n[z]\naws_session_token = z\n";
    EXPECT_EQ(with_keys(before, "dev", keys),
              "# mine\n[a]\naws_access_key_id = AKA\naws_secret_access_key = a\n\n"
              "[ dev ] ; work\n" +
                  ours + "  # old ones\nregion = eu-west-1\n\n[z]\naws_session_token = z\n");
}

TEST(CredentialsFile, TakesNewKeysOfDozeInPlaceOfItsOldOnes) {
    const auto once = with_keys("[a]\nx = 1\n", "dev", keys);
    EXPECT_EQ(with_keys(once, "dev", keys), once);
}

TEST(CredentialsFile, KeepsItsLineEnds) {
    EXPECT_EQ(with_keys("[dev]\r\nregion = x\r\n", "dev", keys),
              "[dev]\r\n# kept by `doze auth set`\r\naws_access_key_id = AKIANEW\r\n"
              "aws_secret_access_key = new/secret+\r\nregion = x\r\n");
}

TEST(CredentialsFile, IsAsBeforeWhenTheKeysAreForgotten) {
    for (const std::string before :
         {"", "[a]\nx = 1\n", "[a]\nx = 1\n\n[dev]\nregion = x\n", "# c\n[dev]\n# d\n[z]\ny = 1\n"}) {
        EXPECT_EQ(without_keys(with_keys(before, "dev", keys), "dev"), before);
    }
}

TEST(CredentialsFile, LosesOnlyKeysThatDozePutThere) {
    const std::string theirs = "[dev]\naws_access_key_id = AK\naws_secret_access_key = s\n";
    EXPECT_EQ(without_keys(theirs, "dev"), theirs);
    const auto both = with_keys(theirs, "other", keys);
    EXPECT_EQ(without_keys(both, "dev"), both);
    EXPECT_EQ(without_keys(both, "other"), theirs);
}

TEST(CredentialsFile, TakesAnyBytes) {
    for (const std::string_view text : {"]", "[", "[]", "=", "\n", "\r", "[dev", "[dev]", "[dev]x", "x"}) {
        const auto edited = with_keys(text, "dev", keys);
        EXPECT_NE(edited.find("AKIANEW"), std::string::npos);
        EXPECT_EQ(without_keys(edited, "dev").find("AKIANEW"), std::string::npos);
    }
}

}  // namespace
}  // namespace doze::auth
