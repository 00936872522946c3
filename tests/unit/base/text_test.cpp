#include "base/text.hpp"

#include <gtest/gtest.h>
#include <string>

namespace doze::text_test {
namespace {

std::string utf8(char32_t c) {
    const auto byte = [](char32_t value) { return static_cast<char>(value); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xC0 | c >> 6), byte(0x80 | (c & 0x3F))};
    if (c < 0x10000) return {byte(0xE0 | c >> 12), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
    return {byte(0xF0 | c >> 18), byte(0x80 | (c >> 12 & 0x3F)), byte(0x80 | (c >> 6 & 0x3F)), byte(0x80 | (c & 0x3F))};
}

TEST(Text, BlanksAtTheEndsGo) {
    EXPECT_EQ(trim(" \t a b\r\n"), "a b");
    EXPECT_EQ(trim("a"), "a");
    EXPECT_EQ(trim(" \n"), "");
    EXPECT_EQ(trim(""), "");
    EXPECT_EQ(trim(" a\r", " \t"), "a\r") << "only what is named";
}

TEST(Text, CaseIsOfAsciiOnly) {
    EXPECT_EQ(lower_case("AZaz09_É@[`{"), "azaz09_É@[`{");
    EXPECT_EQ(upper_case("AZaz09_é@[`{"), "AZAZ09_é@[`{");
    EXPECT_TRUE(equal_ignoring_case("Doze-1", "dOZE-1"));
    EXPECT_FALSE(equal_ignoring_case("doze", "doz"));
    EXPECT_FALSE(equal_ignoring_case("É", "é"));
    EXPECT_FALSE(equal_ignoring_case("@[", "`{"));
    for (const char c : {'a', 'z', 'A', 'Z'}) EXPECT_TRUE(is_letter(c)) << c;
    for (const char c : {'@', '[', '`', '{', '0', '\xE9'}) EXPECT_FALSE(is_letter(c)) << c;
    for (const char c : {'0', '9'}) EXPECT_TRUE(is_digit(c)) << c;
    for (const char c : {'/', ':', 'a'}) EXPECT_FALSE(is_digit(c)) << c;
}

TEST(Text, ACutGoesBetweenCharacters) {
    EXPECT_EQ(first_bytes("abc", 3), "abc");
    EXPECT_EQ(first_bytes("abcd", 3), "abc");
    EXPECT_EQ(first_bytes("a데이", 4), "a데");
    EXPECT_EQ(first_bytes("a데이", 6), "a데");
    EXPECT_EQ(first_bytes("데이", 2), "");
    EXPECT_EQ(first_bytes("\x80\x80\x80", 2), "") << "no character begins there";
    EXPECT_EQ(count_characters("a데이b"), 4U);
}

TEST(Text, WhatIsQuotedIsShortAndPlain) {
    EXPECT_EQ(doze::quoted("a\nb\x9B"), "'a?b?'");
    EXPECT_EQ(doze::quoted(std::string(64, 'a')), "'" + std::string(64, 'a') + "'");
    EXPECT_EQ(doze::quoted(std::string(65, 'a')), "'" + std::string(64, 'a') + "...'");
}

TEST(Text, EveryCharacterIsReadBackFromItsBytes) {
    for (char32_t c = 1; c <= 0x10FFFF; ++c) {
        const auto bytes = utf8(c);
        const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
        const auto read = first_character(bytes + "x");
        ASSERT_EQ(read.length, surrogate ? 0 : bytes.size()) << std::hex << std::uint32_t(c);
        if (!surrogate) {
            ASSERT_EQ(read.code, c);
        }
        ASSERT_EQ(first_character(bytes.substr(0, bytes.size() - 1)).length, 0U) << "cut short";
    }
    for (const char* none : {"\xC0\x80", "\xE0\x80\x80", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xFF", "\x80"})
        EXPECT_EQ(first_character(none).length, 0U);
}

TEST(Text, WhatActsInsteadOfBeingSeenIsReplaced) {
    for (const char32_t c : {0x00,   0x07,   0x0A,   0x0D,   0x1B,   0x7F,    0x80,    0x85,   0x9B,   0x9D,
                             0x9F,   0xAD,   0x61C,  0x200B, 0x200D, 0x200E,  0x200F,  0x2028, 0x2029, 0x202A,
                             0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0xE0001, 0xE0041, 0xE007F}) {
        EXPECT_EQ(printable("a" + utf8(c) + "b"),
                  "a\uFFFD"
                  "b")
            << std::hex << std::uint32_t(c);
    }
    EXPECT_EQ(printable("a\x9B"
                        "b\xE2\x80"),
              "a\uFFFD"
              "b\uFFFD\uFFFD")
        << "bytes that are no UTF-8";
}

TEST(Text, LinesStayApart) {
    EXPECT_EQ(printable_lines("a\n\u202E\n"), "a\n\uFFFD\n");
}

TEST(Text, WhatIsSeenStays) {
    for (const std::string text :
         {"plain ~", "데이터베이스", "é e\u0301", "日本", "שלום", "مرحبا", "🚀", "❤\uFE0F", "\u00A0"})
        EXPECT_EQ(printable(text), text);
}

}  // namespace
}  // namespace doze::text_test
