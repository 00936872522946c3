#include "server/http/assets.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <string>

namespace doze::server {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string header(const rest::WebReply& reply, std::string_view name) {
    for (const auto& [key, value] : reply.headers)
        if (key == name) return value;
    return {};
}

const Asset& asset(std::string_view path) {
    return *std::ranges::find(assets(), path, &Asset::path);
}

TEST(Assets, TheFirstLanguageThatThePageSpeaksWins) {
    EXPECT_EQ(page_language("ko-KR,ko;q=0.9,en;q=0.8"), "ko");
    EXPECT_EQ(page_language("de, KO;q=0.5"), "ko");
    EXPECT_EQ(page_language("en-GB,ko"), "en");
    EXPECT_EQ(page_language("fr, , ,"), "en");
    EXPECT_EQ(page_language(""), "en");
}

TEST(Assets, AreTheFilesWithTheirTypes) {
    EXPECT_EQ(asset("index.html").media_type, "text/html; charset=utf-8");
    EXPECT_EQ(asset("style.css").media_type, "text/css; charset=utf-8");
    EXPECT_EQ(asset("app.js").media_type, "text/javascript; charset=utf-8");
    EXPECT_EQ(asset("icon.svg").media_type, "image/svg+xml");
    EXPECT_THAT(std::string(asset("app.js").bytes), testing::StartsWith("\"use strict\";\n"));
    EXPECT_THAT(std::string(asset("app.js").bytes), testing::EndsWith("connect();\n"));
}

TEST(Assets, ThePageHasNothingThatItsPolicyForbids) {
    for (const auto& each : assets())
        EXPECT_THAT(header(asset_reply(each, {}), "Content-Security-Policy"), Not(HasSubstr("unsafe"))) << each.path;
    const std::string page(asset("index.html").bytes);
    for (const auto* inside : {"<style", "style=", "onclick", "<script>", "data:", "http:", "https:"})
        EXPECT_THAT(page, Not(HasSubstr(inside)));
}

TEST(Assets, ThePageSpeaksTheLanguageThatIsAskedFor) {
    const auto korean = asset_reply(asset("index.html"), {.accept_language = "ko"});
    EXPECT_THAT(korean.body, HasSubstr("<html lang=\"ko\">"));
    EXPECT_EQ(header(korean, "Content-Language"), "ko");
    EXPECT_EQ(header(korean, "Vary"), "Accept-Language");
    const auto english = asset_reply(asset("index.html"), {});
    EXPECT_THAT(english.body, HasSubstr("<html lang=\"en\">"));
    EXPECT_NE(header(english, "ETag"), header(korean, "ETag"));
    EXPECT_EQ(header(asset_reply(asset("app.js"), {}), "Vary"), "");
}

TEST(Assets, WhatTheClientHasIsNotSentAgain) {
    const auto& script = asset("app.js");
    const auto whole = asset_reply(script, {});
    EXPECT_EQ(whole.status, 200U);
    EXPECT_EQ(whole.body, script.bytes);
    EXPECT_EQ(header(whole, "Cache-Control"), "no-cache");
    const auto tag = header(whole, "ETag");
    for (const auto& known :
         {tag, "W/" + tag, fmt::format("\"x\" , {}", tag), fmt::format("{},\"x\"", tag), std::string("*")}) {
        const auto reply = asset_reply(script, {.if_none_match = known});
        EXPECT_EQ(reply.status, 304U) << known;
        EXPECT_EQ(reply.body, "") << known;
        EXPECT_EQ(header(reply, "ETag"), tag) << known;
    }
    for (const auto& other : {std::string("\"x\""), tag.substr(1), std::string(", ,"), std::string("W/")})
        EXPECT_EQ(asset_reply(script, {.if_none_match = other}).status, 200U) << other;
}

}  // namespace
}  // namespace doze::server
