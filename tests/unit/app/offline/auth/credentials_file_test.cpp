#include "app/offline/auth/credentials_file.hpp"

#include <algorithm>
#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/profiles/ini.hpp"
#include "fakes/dice.hpp"

namespace doze::auth {
namespace {

const aws::Credentials keys{.access_key_id = "AKIANEW", .secret_access_key = Secret("new/secret+")};
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
        "[dev] ; work\n  # old ones\nAWS_Access_Key_Id=AKOLD\nregion = eu-west-1\naws_secret_access_key : old\n  er\n"
        "aws_session_token = stale\n\n[z]\naws_session_token = z\n";
    EXPECT_EQ(with_keys(before, "dev", keys),
              "# mine\n[a]\naws_access_key_id = AKA\naws_secret_access_key = a\n\n"
              "[dev] ; work\n" +
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

TEST(CredentialsFile, KnowsTheProfileByItsWholeTitle) {
    EXPECT_EQ(with_keys("[ dev ]\nx = 1\n", "dev", keys), "[ dev ]\nx = 1\n\n[dev]\n" + ours);
    EXPECT_EQ(with_keys("[dev] # [z]\nx = 1\n", "dev", keys), "[dev] # [z]\nx = 1\n\n[dev]\n" + ours);
}

TEST(CredentialsFile, KeepsDeeperLinesOutOfTheSecret) {
    const std::string before = "[dev]\n  region = x\n[z]\n";
    const auto edited = with_keys(before, "dev", keys);
    EXPECT_EQ(edited,
              "[dev]\n  # kept by `doze auth set`\n  aws_access_key_id = AKIANEW\n"
              "  aws_secret_access_key = new/secret+\n  region = x\n[z]\n");
    EXPECT_EQ(without_keys(edited, "dev"), before);
    EXPECT_EQ(with_keys("[dev]\n\t[z]\ny = 1\n", "dev", keys),
              "[dev]\n\t# kept by `doze auth set`\n\taws_access_key_id = AKIANEW\n"
              "\taws_secret_access_key = new/secret+\n\t[z]\ny = 1\n");
}

/// What the file says, without the keys of one profile.
std::string said(const std::vector<aws::IniSection>& sections, std::string_view profile) {
    std::string all;
    for (const auto& section : sections) {
        std::string of_section = "[" + section.title + "]";
        const auto counts = [&](const std::string& key) {
            return section.title != profile ||
                   (key != "aws_access_key_id" && key != "aws_secret_access_key" && key != "aws_session_token");
        };
        for (const auto& [key, value] : section.settings) {
            if (counts(key)) of_section += key + "=" + std::string(value.view()) + "|";
        }
        for (const auto& [key, inner] : section.nested) {
            if (!counts(key)) continue;
            for (const auto& [name, value] : inner)
                of_section.append(key).append(".").append(name).append("=").append(value.view()).append("|");
        }
        if (of_section != "[" + std::string(profile) + "]") all += of_section + "\n";
    }
    return all;
}

TEST(CredentialsFile, SaysNothingElseThanBeforeWhateverItLooksLike) {
    fakes::Dice dice(20261130);
    const auto one_of = [&](std::initializer_list<std::string_view> texts) {
        return std::string(texts.begin()[dice.roll(texts.size())]);
    };
    int readable = 0;
    for (int i = 0; i < 5000; ++i) {
        std::string text;
        const std::string end = one_of({"\n", "\n", "\r\n", "\r"});
        for (auto lines = dice.roll(10); lines > 0; --lines) {
            const auto kind = dice.roll(8);
            text += one_of({"", "", "", " ", "\t", "  ", "\u00a0"});
            if (kind < 2)
                text += "[" + one_of({"dev", "dev", "z", "a b", " dev"}) + "]" + one_of({"", "", " # c", " [z]"});
            if (kind > 1 && kind < 6) {
                text +=
                    one_of({"aws_access_key_id", "AWS_Secret_Access_Key", "aws_session_token", "region", "s3", "x"}) +
                    one_of({" = ", "=", ":", "\u00a0="}) + one_of({"v", "", "a = b"});
            }
            if (kind == 6) text += one_of({"# c", "; [dev]", ""});
            text += end;
        }
        const auto before = aws::parse_ini(text, "it");
        if (!before) continue;
        ++readable;
        const auto edited = with_keys(text, "dev", keys);
        const auto after = aws::parse_ini(edited, "it");
        ASSERT_TRUE(after) << text << "\n-> " << edited << after.error().message;
        EXPECT_EQ(said(*after, "dev"), said(*before, "dev")) << text << "\n-> " << edited;
        const auto dev = std::ranges::find(*after, "dev", &aws::IniSection::title);
        ASSERT_NE(dev, after->end());
        EXPECT_EQ(dev->settings.at("aws_access_key_id").view(), "AKIANEW") << edited;
        EXPECT_EQ(dev->settings.at("aws_secret_access_key").view(), "new/secret+") << edited;
        EXPECT_FALSE(dev->settings.contains("aws_session_token")) << edited;
        EXPECT_EQ(with_keys(edited, "dev", keys), edited);
        const auto forgotten = aws::parse_ini(without_keys(edited, "dev"), "it");
        ASSERT_TRUE(forgotten) << edited;
        EXPECT_EQ(said(*forgotten, "dev"), said(*before, "dev")) << edited;
    }
    EXPECT_GT(readable, 1000);
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
