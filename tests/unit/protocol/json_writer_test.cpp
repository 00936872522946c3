#include "protocol/json_writer.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <random>

#include "commands/params.hpp"

namespace doze::protocol {
namespace {

std::string quoted(std::string_view text, std::size_t longest = no_limit) {
    std::string out;
    append_string(out, text, longest);
    return out;
}

TEST(AppendString, EscapesWhatJsonAndTerminalsTakeForControl) {
    EXPECT_EQ(quoted("a\"b\\c\n\t\x01\x7f"), R"("a\"b\\c\n\t\u0001\u007f")");
    EXPECT_EQ(quoted("\xC2\x9B"), R"("\u009b")");
    EXPECT_EQ(quoted("a\u202Eb\u2028\u200B\U000E0041"), R"("a\u202eb\u2028\u200b\udb40\udc41")");
    EXPECT_EQ(with_escapes("[\n  \"\u202E\xC2\x9B\U000E0041\"]"), "[\n  \"\\u202e\\u009b\\udb40\\udc41\"]");
}

TEST(CleanText, HasNoControlCharactersOfSevenOrEightBits) {
    EXPECT_TRUE(commands::is_clean("개발 👩\u200D💻"));
    for (const char* text : {"\x1b", "\n", "\x7f", "\xC2\x85", "\xC2\x9B", "\u2028", "\xFF"})
        EXPECT_FALSE(commands::is_clean(text));
}

TEST(AppendString, KeepsGoodUtf8AndReplacesTheRest) {
    EXPECT_EQ(quoted("개발 서버"), "\"개발 서버\"");
    EXPECT_EQ(quoted("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(with_escapes("\"a\xFFz\""), "\"a\xEF\xBF\xBDz\"");
    EXPECT_EQ(quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"") << "a surrogate";
    EXPECT_EQ(quoted("\xC0\xAF"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "an overlong slash";
    EXPECT_EQ(quoted("\xE2\x82"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\"") << "a character cut short";
}

TEST(AppendString, CutsAtACharacterAndSaysSo) {
    EXPECT_EQ(quoted("0123456789", 10), "\"0123456789\"");
    EXPECT_EQ(quoted("0123456789x", 10), "\"0123456...\"");
    EXPECT_EQ(quoted("개발서버", 8), "\"개...\"");
    EXPECT_EQ(quoted("123456\n\n\n\n", 8), "\"12345...\"");
}

TEST(AppendString, MakesValidJsonOfAnyBytesWithinTheLimit) {
    std::mt19937 random(1);
    for (int round = 0; round < 20'000; ++round) {
        std::string bytes(random() % 40, ' ');
        for (auto& c : bytes) c = static_cast<char>(random() % 3 == 0 ? random() % 256 : 'a' + random() % 26);
        const std::size_t longest = 8 + random() % 40;
        const auto out = quoted(bytes, longest);
        ASSERT_LE(out.size(), longest + 2);
        boost::system::error_code failed;
        boost::json::parse(out, failed);
        ASSERT_FALSE(failed) << out;
    }
}

TEST(JsonWriter, PutsCommasWhereTheyBelong) {
    std::string out;
    JsonWriter writer(out);
    writer.begin_object();
    writer.member("a", 1);
    writer.key("b");
    writer.begin_array();
    writer.begin_object();
    writer.end_object();
    writer.null();
    writer.end_array();
    writer.member("c", std::optional<std::string>());
    writer.member("d", true);
    writer.member("e", std::string_view("{"));
    writer.end_object();
    EXPECT_EQ(out, R"({"a":1,"b":[{},null],"c":null,"d":true,"e":"{"})");
}

TEST(IsClean, MeansUtf8WithoutControlCharacters) {
    EXPECT_TRUE(commands::is_clean("LIST_EC2 개"));
    EXPECT_FALSE(commands::is_clean("a\nb"));
    EXPECT_FALSE(commands::is_clean("a\xFF"));
}

}  // namespace
}  // namespace doze::protocol
