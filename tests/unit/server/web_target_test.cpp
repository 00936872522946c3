#include <gmock/gmock.h>

#include "server/http/target.hpp"

namespace doze::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(WebTarget, IsDecoded) {
    const auto target = parse_target("/api/v1/ecs%3Aus-east-1%3Aa%2Fb?region=us-east-1&empty=&flag&text=a%20b+c%26");
    ASSERT_TRUE(target);
    EXPECT_THAT(target->path, ElementsAre("api", "v1", "ecs:us-east-1:a/b"));
    EXPECT_THAT(target->query,
                ElementsAre(Pair("region", "us-east-1"), Pair("empty", ""), Pair("flag", ""), Pair("text", "a b c&")));
}

TEST(WebTarget, MayEndInASlash) {
    EXPECT_THAT(parse_target("/")->path, IsEmpty());
    EXPECT_THAT(parse_target("/?a=b")->path, IsEmpty());
    EXPECT_THAT(parse_target("/healthz/")->path, ElementsAre("healthz"));
}

TEST(WebTarget, RefusesWhatIsNoPath) {
    for (const auto* bad :
         {"", "*", "a", "http://localhost/", "localhost:80", "/%", "/%zz", "/a b", "/?a=%4", "/\x80", "/#a"})
        EXPECT_FALSE(parse_target(bad)) << bad;
}

TEST(WebTarget, TheFirstLanguageThatThePageSpeaksWins) {
    EXPECT_EQ(page_language("ko-KR,ko;q=0.9,en;q=0.8"), "ko");
    EXPECT_EQ(page_language("de, KO;q=0.5"), "ko");
    EXPECT_EQ(page_language("en-GB,ko"), "en");
    EXPECT_EQ(page_language("fr, , ,"), "en");
    EXPECT_EQ(page_language(""), "en");
}

}  // namespace
}  // namespace doze::server
