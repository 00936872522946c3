#include "server/stream/framer.hpp"

#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace doze::server {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> commands_of(Framer& framer, std::string_view bytes, std::size_t piece) {
    std::vector<std::string> commands;
    while (!bytes.empty()) {
        framer.put(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(bytes.size(), piece));
        while (const auto command = framer.next()) commands.emplace_back(*command);
    }
    return commands;
}

/// The same in pieces of every size.
std::vector<std::string> commands_of(std::string_view bytes) {
    Framer whole;
    const auto commands = commands_of(whole, bytes, bytes.size());
    for (std::size_t piece = 1; piece < bytes.size(); ++piece) {
        Framer framer;
        EXPECT_EQ(commands_of(framer, bytes, piece), commands) << "in pieces of " << piece;
    }
    return commands;
}

TEST(FramerTest, TakesOneCommandPerLine) {
    EXPECT_THAT(commands_of("PING\nLIST_EC2:us-east-1\r\n\n \t\r\n  STATUS\nhalf"),
                ElementsAre("PING", "LIST_EC2:us-east-1\r", "STATUS"));
}

TEST(FramerTest, TakesAnObjectAsSoonAsItIsComplete) {
    EXPECT_THAT(commands_of(R"({"type":"PING"})"), ElementsAre(R"({"type":"PING"})"));
    EXPECT_THAT(commands_of(R"({"a":{"b":[{}]}}{"c":1} {"d":2}PING)"
                            "\n"),
                ElementsAre(R"({"a":{"b":[{}]}})", R"({"c":1})", R"({"d":2})", "PING"));
}

TEST(FramerTest, KnowsStringsInObjects) {
    EXPECT_THAT(commands_of(R"({"a":"}"}{"b":"\"}"}{"c":"\\"}{"d":"{[\\\""}{"e}":1})"),
                ElementsAre(R"({"a":"}"})", R"({"b":"\"}"})", R"({"c":"\\"})", R"({"d":"{[\\\""})", R"({"e}":1})"));
}

TEST(FramerTest, ALineEndEndsABrokenObject) {
    EXPECT_THAT(commands_of("{\"type\":\nPING\n{\"a\":\"x\nPING\n{[[\nPING\n"),
                ElementsAre("{\"type\":", "PING", "{\"a\":\"x", "PING", "{[[", "PING"));
    EXPECT_THAT(commands_of("{]}\n"), ElementsAre("{]", "}"));
}

TEST(FramerTest, TextIsNoObject) {
    EXPECT_THAT(commands_of("PING {}\n[{}]\n\"{}\"\n"), ElementsAre("PING {}", "[{}]", "\"{}\""));
}

TEST(FramerTest, DropsTheZeroBytesOfCClients) {
    using namespace std::string_view_literals;
    EXPECT_THAT(commands_of("PING\n\0STATUS\n\0\0"sv), ElementsAre("PING", "STATUS"));
}

TEST(FramerTest, EndsWhereAnotherProtocolBegins) {
    using namespace std::string_view_literals;
    EXPECT_THAT(commands_of("POST / HTTP/1.1\r\nHost: 127.0.0.1:20200\r\n\r\nx\r\nAWAY\r\nz=\r\n"), IsEmpty());
    EXPECT_THAT(commands_of("\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\nAWAY\n"), IsEmpty());
    EXPECT_THAT(commands_of("PING\n \tpatch  /x  http/1.1\r\nAWAY\n"), ElementsAre("PING"));
    EXPECT_THAT(commands_of("{\"a\":1}GET /AWAY\nAWAY\n"), ElementsAre("{\"a\":1}"));
    EXPECT_THAT(commands_of("PING\nHost: localhost\nAWAY\n"), ElementsAre("PING"));
    EXPECT_THAT(commands_of("PING\n\x16\x03\x01\x02\x00\nAWAY\n"sv), ElementsAre("PING"));
    EXPECT_THAT(commands_of("\x16\x03\x01\nAWAY\n"), IsEmpty());
    EXPECT_THAT(commands_of("EHLO me\r\nAWAY\r\n"), IsEmpty());
    // What browsers send to a TURN server, with a name of the page's choice in it.
    EXPECT_THAT(commands_of("\0\x03\0\x24\x21\x12\xa4\x42\nAWAY\n"sv), IsEmpty());
}

TEST(FramerTest, EndsWhereTextEnds) {
    using namespace std::string_view_literals;
    for (const auto bytes : {"\xff"sv, "\xc3("sv, "\xc0\x80"sv, "\xed\xa0\x80"sv, "\xf4\x90\x80\x80"sv, "\x01"sv,
                             "\x1b[A"sv, "\x7f"sv, "a\0b"sv, "a\0\x01"sv, "\xe2\x82\n"sv}) {
        EXPECT_THAT(commands_of("PING\n" + std::string(bytes) + "\nAWAY\n"), ElementsAre("PING")) << bytes;
        EXPECT_THAT(commands_of("{\"a\":\"" + std::string(bytes) + "\"}\nAWAY\n"), IsEmpty()) << bytes;
    }
    EXPECT_THAT(commands_of("HOLD:\xed\x95\x9c\xea\xb8\x80 \xf0\x9f\x92\xa4 \xc2\x85\nPING\0\0\nSTATUS\n"sv),
                ElementsAre("HOLD:\xed\x95\x9c\xea\xb8\x80 \xf0\x9f\x92\xa4 \xc2\x85", "PING\0\0"sv, "STATUS"));
    Framer half;
    EXPECT_THAT(commands_of(half, "PING\nabc\xe2\x82", 1), ElementsAre("PING"));
    EXPECT_EQ(half.rest(), std::nullopt);
    EXPECT_EQ(half.foreign(), "bytes that are no text");
    Framer last;
    EXPECT_THAT(commands_of(last, "GET / HTTP/1.1", 1), IsEmpty());
    EXPECT_EQ(last.rest(), std::nullopt);
    EXPECT_EQ(last.foreign(), "HTTP");
}

TEST(FramerTest, TheLastCommandNeedsNoLineEnd) {
    Framer framer;
    EXPECT_THAT(commands_of(framer, "PING\nSTATUS", 3), ElementsAre("PING"));
    EXPECT_FALSE(framer.is_empty());
    EXPECT_EQ(framer.rest(), "STATUS");

    Framer nothing;
    EXPECT_THAT(commands_of(nothing, " \r\n ", 1), IsEmpty());
    EXPECT_TRUE(nothing.is_empty());
    EXPECT_EQ(nothing.rest(), std::nullopt);
}

TEST(FramerTest, TakesTheLongestCommandAndNoLongerOne) {
    const std::string text(Framer::longest, 'x');
    Framer framer;
    EXPECT_THAT(commands_of(framer, "PING\n" + text + "\nPING\n", 1000), ElementsAre("PING", text, "PING"));
    EXPECT_THAT(commands_of(framer, "PING\n" + text + "x\nPING\n", 1000), ElementsAre("PING"));
    EXPECT_TRUE(framer.is_too_long());

    Framer objects;
    const auto object = R"({"a":")" + text.substr(8) + "\"}";
    ASSERT_EQ(object.size(), Framer::longest);
    EXPECT_THAT(commands_of(objects, object + object, 1000), ElementsAre(object, object));
    EXPECT_THAT(commands_of(objects, object.substr(0, 6) + "x" + object.substr(6), 1000), IsEmpty());
    EXPECT_TRUE(objects.is_too_long());
    EXPECT_EQ(objects.rest(), std::nullopt);
}

TEST(FramerTest, DepthWithoutAnEndIsOnlyLength) {
    Framer framer;
    EXPECT_THAT(commands_of(framer, std::string(Framer::longest, '{'), 4096), IsEmpty());
    EXPECT_FALSE(framer.is_too_long());
    EXPECT_THAT(commands_of(framer, "{", 1), IsEmpty());
    EXPECT_TRUE(framer.is_too_long());
}

}  // namespace
}  // namespace doze::server
