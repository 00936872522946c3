#include "protocol/message.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>
#include <set>

#include "protocol/json_writer.hpp"

namespace doze::protocol {
namespace {

TEST(Message, ThatIsCreatedParsesToTheSame) {
    const auto message = parse(create("AWS_EC2_LIST", {{"region", "us-east-1"}}, "test"));
    ASSERT_TRUE(message);
    EXPECT_EQ(message->type(), "AWS_EC2_LIST");
    EXPECT_EQ(message->source(), "test");
    EXPECT_GT(message->timestamp(), 1'700'000'000);
    EXPECT_EQ(message->id().as_string().size(), 36U);
    EXPECT_EQ(message->content().at("region"), "us-east-1");
}

TEST(Message, TakesActionForTypeAndIgnoresWhatItDoesNotKnow) {
    const auto message = parse(R"({"action":"PING","timestamp":"soon","future":[1]})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->type(), "PING");
    EXPECT_TRUE(message->id().is_null());
    EXPECT_EQ(message->timestamp(), 0);
    EXPECT_TRUE(message->content().empty());
    EXPECT_TRUE(message->members().contains("future"));
}

TEST(Message, SaysWhatIsWrong) {
    const auto why = [](std::string_view text) {
        const auto message = parse(text);
        return message ? std::string("nothing") : message.error().message;
    };
    EXPECT_EQ(why(""), "The JSON object is not complete.");
    EXPECT_EQ(why(R"({"type":)"), "The JSON object is not complete.");
    EXPECT_EQ(why("{} {}"), "Something follows the JSON object.");
    EXPECT_EQ(why("[]"), "The message must be a JSON object.");
    EXPECT_EQ(why("{}"), "The message says neither 'type' nor 'action'.");
    EXPECT_EQ(why(R"({"type":1})"), "The member 'type' must be a string.");
    EXPECT_EQ(why(R"({"type":"PING","content":null})"), "The member 'content' must be an object.");
    EXPECT_EQ(why("{\"type\":\"\xFF\"}"), "The message is not valid JSON in UTF-8 (near byte 9).");
    EXPECT_EQ(why(std::string(3000, '[')), "The JSON is nested deeper than 32 levels.");
    EXPECT_EQ(why(std::string(longest_message + 1, ' ')), "The message is longer than 65536 bytes.");
    EXPECT_EQ(why(std::string(longest_message, ' ')), "The JSON object is not complete.");
    const auto nested = [&](std::size_t levels) {  // The message itself is one.
        return why(R"({"type":"PING","x":)" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}");
    };
    EXPECT_EQ(nested(deepest_message), "nothing");
    EXPECT_EQ(nested(deepest_message + 1), "The JSON is nested deeper than 32 levels.");
}

TEST(Message, GivesTheIdOfABrokenOneWhereItCameFirst) {
    EXPECT_EQ(salvage_id(R"( { "id" : "abc", "type": )"), "abc");
    EXPECT_EQ(salvage_id(R"({"id":7,"type")"), 7);
    EXPECT_TRUE(salvage_id(R"({"id":"ab)").is_null());
    EXPECT_TRUE(salvage_id(R"({"type":"x","id":1)").is_null());
    EXPECT_TRUE(salvage_id("garbage").is_null());
    EXPECT_TRUE(salvage_id(R"({"id":")" + std::string(longest_message, 'x') + R"(","type":)").is_null());
    EXPECT_EQ(salvage_id(R"({"id":"abc","type":")" + std::string(longest_message, 'x')), "abc");
}

TEST(Message, IsAnsweredUnderItsOwnIdUpToTheLongest) {
    const auto quoted = [](std::size_t size) { return '"' + std::string(size - 2, 'x') + '"'; };
    const auto longest = longest_id(no_limit);
    EXPECT_EQ(reply_id(boost::json::parse(quoted(longest))), quoted(longest));
    EXPECT_EQ(reply_id(boost::json::parse(quoted(longest + 1))).size(), 38U) << "a fresh one";
    EXPECT_EQ(reply_id(nullptr).size(), 38U);
    EXPECT_EQ(reply_id(7), "7");
}

TEST(Message, HasAFreshIdEachTime) {
    std::set<std::string> ids;
    for (int i = 0; i < 1000; ++i) ids.insert(fresh_id());
    EXPECT_EQ(ids.size(), 1000U);
    EXPECT_EQ((*ids.begin())[14], '4') << "version 4";
}

}  // namespace
}  // namespace doze::protocol
