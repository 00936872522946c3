#include "adapters/aws/profiles/ini.hpp"

#include <algorithm>
#include <fmt/format.h>
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

// As Python's str.strip() and str.splitlines() have it.
constexpr char32_t blanks[] = {0x09, 0x0B,   0x0C,   0x1C,   0x1D,   0x1E,   0x1F,   0x20,   0x85,
                               0xA0, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
constexpr char32_t no_blanks[] = {0x08, 0x0E, 0x1B, 0x21, 0x84, 0x86, 0x9F, 0xA1, 0x1FFF, 0x200B, 0x2027, 0x202A};
constexpr char32_t line_ends[] = {0x0B, 0x0C, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029};
constexpr char32_t no_line_ends[] = {0x09, 0x0E, 0x1B, 0x1F, 0x20, 0x84, 0x86, 0x2027, 0x202A};

std::string in_utf8(char32_t c) {
    if (c < 0x80) return {static_cast<char>(c)};
    const auto tail = [c](unsigned shift) { return static_cast<char>(0x80U | ((c >> shift) & 0x3FU)); };
    if (c < 0x800) return {static_cast<char>(0xC0U | (c >> 6U)), tail(0)};
    return {static_cast<char>(0xE0U | (c >> 12U)), tail(6), tail(0)};
}

TEST(Ini, TakesForABlankWhatPythonDoes) {
    for (const auto c : blanks) {
        const auto blank = in_utf8(c);
        EXPECT_EQ(value(parsed(fmt::format("[s]\na{0}={0}1{0}", blank)), "s", "a"), "1") << unsigned(c);
    }
    for (const auto c : no_blanks) {
        const auto letter = in_utf8(c);
        EXPECT_EQ(value(parsed("[s]\na=1" + letter), "s", "a"), "1" + letter) << unsigned(c);
    }
}

TEST(Ini, EndsANestedLineWherePythonDoes) {
    const auto second = [](char32_t c) {
        return nested(parsed("[s]\nk =\n  a = 1" + in_utf8(c) + "b = 2\n"), "s", "k", "b");
    };
    for (const auto c : line_ends) EXPECT_EQ(second(c), "2") << unsigned(c);
    for (const auto c : no_line_ends) EXPECT_EQ(second(c), "no name") << unsigned(c);
}

TEST(Ini, KnowsTheLettersOfKeysInOtherScripts) {
    EXPECT_EQ(key_of("AZ_9"), "az_9");
    EXPECT_EQ(key_of("\u00C4\u03A9"), "\u00E4\u03C9") << "two bytes each";
    EXPECT_EQ(key_of("\u1E9Ex\uAC1C"), "\u00DFx\uAC1C") << "three";
    EXPECT_EQ(key_of("\U00010400"), "\U00010428") << "four";
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
    EXPECT_EQ(value(parsed("[s]\na = 1\n\n \n[t]\n"), "s", "a"), "1") << "what ends a value is no part of it";
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
