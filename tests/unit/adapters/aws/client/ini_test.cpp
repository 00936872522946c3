#include "adapters/aws/profiles/ini.hpp"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/dice.hpp"

namespace doze::aws {
namespace {

using testing::HasSubstr;
using Sections = std::vector<IniSection>;

// tests/e2e/test_aws_files.py holds the reader against botocore itself; here is what no such comparison can say, and
// the forms that people meet.

const IniSection* section_of(const Sections& sections, const std::string& title) {
    const auto place = std::ranges::find(sections, title, &IniSection::title);
    return place == sections.end() ? nullptr : &*place;
}

std::string value(const Sections& sections, const std::string& title, const std::string& key) {
    const auto* section = section_of(sections, title);
    if (section == nullptr) return "no section";
    const auto found = section->settings.find(key);
    return found == section->settings.end() ? "no key" : std::string(found->second.view());
}

std::string nested(const Sections& sections, const std::string& title, const std::string& key,
                   const std::string& name) {
    const auto* section = section_of(sections, title);
    if (section == nullptr || !section->nested.contains(key)) return "not nested";
    const auto found = section->nested.at(key).find(name);
    return found == section->nested.at(key).end() ? "no name" : std::string(found->second.view());
}

Sections parsed(std::string_view text) {
    auto sections = parse_ini(text, "file");
    EXPECT_TRUE(sections) << sections.error().message;
    return sections ? *sections : Sections();
}

std::string refusal(std::string_view text) {
    const auto sections = parse_ini(text, "file");
    return sections ? "none" : sections.error().message;
}

TEST(Ini, ReadsKeysInAnyCaseWithAnyBlanks) {
    const auto file = parsed("[default]\r\nAWS_Access_Key_ID=AKID\r\naws_secret_access_key \t:  a/b+c=  \r\n");
    EXPECT_EQ(value(file, "default", "aws_access_key_id"), "AKID");
    EXPECT_EQ(value(file, "default", "aws_secret_access_key"), "a/b+c=");
}

TEST(Ini, TakesANoBreakSpaceForABlank) {
    const auto file = parsed("[default]\naws_access_key_id\u00a0=\u00a0AKID\u00a0\n");
    EXPECT_EQ(value(file, "default", "aws_access_key_id"), "AKID");
}

TEST(Ini, LetsATitleBeFollowedByText) {
    const auto file = parsed("[profile x] # mine\na=1\n[profile y]/* s3 */\na=2\n[ z ]\na=3\n[a] [b]\na=4\n");
    EXPECT_EQ(value(file, "profile x", "a"), "1");
    EXPECT_EQ(value(file, "profile y", "a"), "2");
    EXPECT_EQ(value(file, " z ", "a"), "3");
    EXPECT_EQ(value(file, "a] [b", "a"), "4");
}

TEST(Ini, LeavesOutLinesThatAreComments) {
    const auto file = parsed("# c\n  ; c\n[s]\na = 1 # part of it\n#d = 4\nc = http://h/#x\n");
    EXPECT_EQ(value(file, "s", "a"), "1 # part of it");
    EXPECT_EQ(value(file, "s", "c"), "http://h/#x");
    EXPECT_EQ(value(file, "s", "d"), "no key");
}

TEST(Ini, NestsWhatStandsBelowAKeyWithoutAValue) {
    const auto file = parsed("[services s]\nEC2 =\n  endpoint_url = http://e\n\n  X=1\necs.a = b\nz=2\n");
    EXPECT_EQ(nested(file, "services s", "ec2", "endpoint_url"), "http://e");
    EXPECT_EQ(nested(file, "services s", "ec2", "X"), "1");
    EXPECT_EQ(value(file, "services s", "ec2"), "no key");
    EXPECT_EQ(value(file, "services s", "ecs.a"), "b");
    EXPECT_EQ(value(file, "services s", "z"), "2");
}

TEST(Ini, GoesOnWithAValueOverDeeperLines) {
    const auto file = parsed("[s]\na = 1\n  b = 2\n# c\n\n   [t]\nd = 3\n");
    EXPECT_EQ(value(file, "s", "a"), "1\nb = 2\n\n[t]");
    EXPECT_EQ(value(file, "s", "d"), "3");
}

TEST(Ini, GivesEverySectionWhatDefaultInCapitalsSays) {
    const auto file = parsed("[DEFAULT]\na=1\nb=1\n[default]\nb=2\n[DEFAULT]\nc=3\n");
    EXPECT_EQ(value(file, "default", "a"), "1");
    EXPECT_EQ(value(file, "default", "b"), "2");
    EXPECT_EQ(value(file, "default", "c"), "3");
    EXPECT_EQ(file.size(), 1U);
}

TEST(Ini, NamesFileAndLineButNoValueOfWhatItCannotRead) {
    const std::map<std::string, std::string> cases{
        {"[s]\n\nSECRET\n", "Line 3 of file is neither [section] nor key = value."},
        {"k = SECRET\n", "Line 1 of file is a setting before the first [section]."},
        {"[s\nk = SECRET\n", "Line 1 of file is a [section] that is not closed."},
        {"[]\nk = SECRET\n", "Line 1 of file is a [section] that is not closed."},
        {"[s]\n= SECRET\n", "Line 2 of file is neither [section] nor key = value."},
        {"[s]\nk = 1\n\nK : SECRET\n", "Line 4 of file is a second value for the key in line 2."},
        {"[s]\n[t]\n[s]\n", "Line 3 of file is a second one of the [section] in line 1."},
        {"[s]\nk =\n  SECRET\n", "Line 3 of file is below a key without a value, but not key = value."},
        {"[s]\nfirst\nsecond\n", "Line 2 of file is neither [section] nor key = value."},
        {"[s]\nfirst\n[s]\n", "Line 3 of file is a second one of the [section] in line 1."},
        {"# a\r# b\rSECRET\r", "Line 3 of file is neither [section] nor key = value."}};
    for (const auto& [text, message] : cases) EXPECT_EQ(refusal(text), message) << text;
}

TEST(Ini, SaysWhatIsNoTextInUtf8) {
    const std::string latin("[s]\n# f\xFCr\n");
    EXPECT_EQ(refusal(latin), "Line 2 of file is not UTF-8 text.");
    for (const std::string_view wrong :
         {"\xC0\x80", "\xED\xA0\x80", "\xE2\x80", "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\x80"}) {
        EXPECT_EQ(refusal("[s]\n" + std::string(wrong)), "Line 2 of file is not UTF-8 text.");
    }
    using std::string_view_literals::operator""sv;
    for (const auto wide : {"\xFF\xFE[\0s\0]\0"sv, "\xFE\xFF\0[\0s\0]"sv, "[\0s\0]\0"sv, "\0[\0s\0]"sv}) {
        EXPECT_THAT(refusal(wide), HasSubstr("Line 1 of file is not UTF-8 text: the file is UTF-16"));
    }
    EXPECT_EQ(refusal("\xEF\xBB\xBF[s]\n"), "Line 1 of file begins with a byte order mark.");
    EXPECT_THAT(parse_ini("\xEF\xBB\xBF", "file").error().next_step, HasSubstr("without a byte order mark"));
    EXPECT_EQ(value(parsed("[s]\na = \0b\n"sv), "s", "a"), std::string("\0b", 2));
}

TEST(Ini, TakesAnyBytes) {
    fakes::Dice dice(7);
    for (int i = 0; i < 20'000; ++i) {
        std::string text;
        for (auto length = dice.roll(24); length > 0; --length)
            text += "[]=:#; \n\ra\0\x80\xC2\xA0\xE2\xFF"[dice.roll(16)];
        static_cast<void>(parse_ini(text, "file"));
        IniLines lines;
        std::string all;
        for (const auto line : lines_of(text)) {
            static_cast<void>(lines.next(without_end(line)));
            all += line;
        }
        EXPECT_EQ(all, text);
    }
}

}  // namespace
}  // namespace doze::aws
