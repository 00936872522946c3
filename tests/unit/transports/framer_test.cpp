#include "transports/stream/framer.hpp"

#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace doze::transports {
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
}  // namespace doze::transports
