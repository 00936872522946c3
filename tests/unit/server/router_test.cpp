#include "server/http/router.hpp"

#include <gmock/gmock.h>
#include <set>
#include <string>

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

rest::Route row(std::string_view method, std::string path) {
    return {.method = method, .path = std::move(path), .handler = [](const auto&, const auto&, const auto&) {}};
}

std::string path_for(const Router& router, const Router::Path& path, std::string_view method = "GET") {
    const auto* found = row_for(method, router.rows(path));
    return found ? found->path : "none";
}

TEST(Router, FindsTheRowOfAPathAndTheLongestAboveIt) {
    const Router router({row("GET", "/"), row("GET", "/a/b"), row("GET", "/a/*"), row("GET", "/a/b/c/*"),
                         row("POST", "/a/b"), row("GET", "/a/b")});
    EXPECT_EQ(path_for(router, {}), "/");
    EXPECT_EQ(path_for(router, {"a", "b"}), "/a/b");
    EXPECT_EQ(path_for(router, {"a", "b"}, "POST"), "/a/b");
    EXPECT_EQ(path_for(router, {"a", "c", "d"}), "/a/*");
    EXPECT_EQ(path_for(router, {"a", "b", "c", "d", "e"}), "/a/b/c/*");
    EXPECT_EQ(path_for(router, {"a"}), "none") << "it is not below itself";
    EXPECT_EQ(path_for(router, {"a/b"}), "none") << "an escaped slash parts nothing";
    EXPECT_EQ(path_for(router, {"a", "c"}, "POST"), "none");
}

TEST(Router, SaysWhatIsNotThereAndWhichMethodsAre) {
    const Router router({row("GET", "/a"), row("POST", "/a"), row("DELETE", "/b")});
    EXPECT_EQ(no_row(router.rows({"c"})).status, 404U);
    const auto refused = no_row(router.rows({"a"}));
    EXPECT_EQ(refused.status, 405U);
    EXPECT_THAT(refused.headers, ElementsAre(Pair("Allow", "GET, HEAD, POST, OPTIONS")));
    EXPECT_THAT(no_row(router.rows({"b"})).headers, ElementsAre(Pair("Allow", "DELETE, OPTIONS")));
}

TEST(Router, OwnRowsHaveOnePlaceEach) {
    std::set<std::string> paths;
    for (const auto& route : own_routes()) {
        EXPECT_TRUE(paths.insert(route.path).second) << route.path;
        EXPECT_TRUE(route.is_public) << route.path;
    }
    for (const auto* path : {"/", "/app.js", "/style.css", "/healthz", "/ws"})
        EXPECT_TRUE(paths.contains(path)) << path;
}

}  // namespace
}  // namespace doze::server
