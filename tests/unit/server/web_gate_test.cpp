#include <gtest/gtest.h>

#include "server/http/gate.hpp"

namespace doze::server {
namespace {

TEST(WebGate, ReadsAuthorities) {
    const auto host = [](std::string_view text) {
        const auto authority = parse_authority(text);
        return authority ? std::string(authority->host) + "|" + std::to_string(authority->port.value_or(0)) : "none";
    };
    EXPECT_EQ(host("localhost"), "localhost|0");
    EXPECT_EQ(host("localhost:20201"), "localhost|20201");
    EXPECT_EQ(host("[::1]:1"), "[::1]|1");
    EXPECT_EQ(host("[::1]"), "[::1]|0");
    for (const auto* bad : {"",   ":80", "a:",   "a:b", "a:65536", "a:-1", "a:+1",  "a: 1",     "a b", "user@a", "a/b",
                            "[]", "[",   "[::1", "[x]", "[::1]80", "::1",  "a:1:2", "http://a", "a,b", "a\n"})
        EXPECT_EQ(host(bad), "none") << bad;
}

TEST(WebGate, OnLoopbackAnswersOnlyToLoopbackNames) {
    const WebGate gate({.port = 20201});
    for (const auto* host : {"localhost:20201", "LocalHost:20201", "127.0.0.1:20201", "[::1]:20201", "127.0.0.7:20201"})
        EXPECT_TRUE(gate.check_host(host)) << host;
    for (const auto* host :
         {"evil.example:20201", "localhost.evil.example:20201", "localhost", "localhost:80", "127.0.0.1",
          "192.168.0.1:20201", "[::2]:20201", "0.0.0.0:20201", "localhost.:20201", "2130706433:20201", ""})
        EXPECT_EQ(gate.check_host(host).error().code, ErrorCode::unauthorized) << host;
}

TEST(WebGate, AtTheUsualPortNeedsNone) {
    EXPECT_TRUE(WebGate({.port = 80}).check_host("localhost"));
    EXPECT_TRUE(WebGate({.tls = true, .port = 443}).check_host("localhost"));
    EXPECT_FALSE(WebGate({.tls = true, .port = 80}).check_host("localhost"));
}

TEST(WebGate, LetsInItsOwnPagesAndThoseThatAreAllowed) {
    const WebGate gate({.port = 20201, .allowed_origins = {"http://localhost:5173", "tauri://localhost"}});
    const auto lets_in = [&](std::string_view origin) {
        return gate.check_origin(origin, "127.0.0.1:20201").has_value();
    };
    for (const auto* origin : {"http://localhost:20201", "http://127.0.0.1:20201", "http://[::1]:20201",
                               "http://localhost:5173", "tauri://localhost"})
        EXPECT_TRUE(lets_in(origin)) << origin;
    for (const auto* origin :
         {"null", "", "http://evil.example", "http://evil.example:20201", "https://localhost:20201",
          "http://localhost:3000", "http://localhost", "https://localhost:5173", "http://localhost:5173/",
          "http://localhost:51730", "http://LOCALHOST:5173", "http://localhost:20201@evil.example",
          "http://localhost:20201.evil.example", "localhost:20201"})
        EXPECT_FALSE(lets_in(origin)) << origin;
}

TEST(WebGate, ElsewhereAnswersToAnyHostAndTakesItForItsOwnPage) {
    const WebGate gate({.on_loopback = false, .tls = true, .port = 20201});
    EXPECT_TRUE(gate.check_host("build-box.lan:20201"));
    EXPECT_FALSE(gate.check_host("two words"));
    EXPECT_TRUE(gate.check_origin("https://build-box.lan:20201", "Build-Box.lan:20201"));
    EXPECT_FALSE(gate.check_origin("http://build-box.lan:20201", "build-box.lan:20201"));
    EXPECT_FALSE(gate.check_origin("https://evil.example:20201", "build-box.lan:20201"));
}

TEST(WebGate, SaysWhatWouldHelp) {
    const WebGate gate({.port = 20201});
    EXPECT_NE(gate.check_host("evil.example").error().text().find("http://localhost:20201"), std::string::npos);
    EXPECT_NE(gate.check_origin("http://a", "localhost:20201").error().text().find("web.allowed_origins"),
              std::string::npos);
}

}  // namespace
}  // namespace doze::server
