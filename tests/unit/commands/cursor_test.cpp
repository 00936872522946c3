#include "commands/cursor.hpp"

#include <gtest/gtest.h>

namespace doze::commands {
namespace {

Cursor cursor(std::string_view group, std::string_view name, std::size_t part = tight_part) {
    return {.scope = {.kind = core::Kind::ecs},
            .form = ListForm::json,
            .one_region = true,
            .section = 0,
            .region = CursorPart::of("us-east-1", part),
            .group = CursorPart::of(group, part),
            .name = CursorPart::of(name, part)};
}

TEST(Token, IsShortAndReadableForUsualNames) {
    EXPECT_EQ(to_token(cursor("dev", "web")), "cj10.us-east-1.dev.web");
}

TEST(Token, ComesBackAsTheSameCursor) {
    for (const auto& one : {cursor("dev", "web"), cursor("dev", ""), cursor("a.b*c~d:e f", "\xFF\n개"),
                            cursor(std::string(255, 'c'), std::string(255, 's')),
                            cursor(std::string(255, 'c'), std::string(255, 's'), roomy_part)}) {
        const auto token = to_token(one);
        const auto parsed = parse_token(token);
        ASSERT_TRUE(parsed) << token;
        EXPECT_EQ(*parsed, one);
        EXPECT_LE(token.size(), longest_token);
    }
}

TEST(Token, CutsALongNameToAPrefixAndAHash) {
    const auto part = CursorPart::of(std::string(100, 'x') + "1", tight_part);
    EXPECT_EQ(part.text, std::string(12, 'x'));
    EXPECT_TRUE(part.matches(std::string(100, 'x') + "1"));
    EXPECT_FALSE(part.matches(std::string(100, 'x') + "2"));
}

TEST(Token, ThatIsNoneIsRefused) {
    for (const std::string_view bad :
         {"", "x", "et00", "et00.a.b", "et00.a.b.c.d.e", "xt00.a.b.c", "ex00.a.b.c", "et20.a.b.c", "et09.a.b.c",
          "et00.a.b.c*", "et00.a.b.c*12", "et00.a.b.c*000000000000000g", "et00.~.b.c", "et00.~zz.b.c", "et00.a.b.c d",
          "af00.a.b.c", "rf00.a.b.c"}) {
        const auto parsed = parse_token(bad);
        ASSERT_FALSE(parsed) << bad;
        EXPECT_EQ(parsed.error().code, ErrorCode::bad_request);
    }
    EXPECT_FALSE(parse_token("et00.." + std::string(1000, 'a') + "."));
}

}  // namespace
}  // namespace doze::commands
