#include <gtest/gtest.h>
#include <random>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

std::string refused(std::string_view message) {
    Desk desk;
    return error_of(desk.ask(message));
}

TEST(BadInput, IsToldApart) {
    EXPECT_EQ(refused(""), "BAD_REQUEST");
    EXPECT_EQ(refused(" \r\n\t "), "BAD_REQUEST");
    EXPECT_EQ(refused(std::string(100, '\0')), "BAD_REQUEST");
    EXPECT_EQ(refused("\x01\x02\x03"), "BAD_REQUEST");
    EXPECT_EQ(refused("LIST_EC2\xff\xfe"), "BAD_REQUEST");
    EXPECT_EQ(refused("[]"), "BAD_REQUEST");
    EXPECT_EQ(refused(std::string(3000, '[')), "BAD_REQUEST");
    EXPECT_EQ(refused("{}"), "BAD_REQUEST");
    EXPECT_EQ(refused(R"({"type":)"), "BAD_REQUEST");
    EXPECT_EQ(refused(R"({"type":"PING","content":null})"), "BAD_REQUEST");
    EXPECT_EQ(refused(R"({"type":"PING","content":[]})"), "BAD_REQUEST");
    EXPECT_EQ(refused(R"({"type":null})"), "BAD_REQUEST");
    EXPECT_EQ(refused(R"({"type":""})"), "UNKNOWN_COMMAND");
    EXPECT_EQ(refused("FROBNICATE"), "UNKNOWN_COMMAND");
    EXPECT_EQ(refused("명령"), "UNKNOWN_COMMAND");
    EXPECT_EQ(refused(":::"), "UNKNOWN_COMMAND");
    EXPECT_EQ(refused(R"({"type":"FROBNICATE"})"), "UNKNOWN_COMMAND");
    EXPECT_EQ(refused(std::string(65'000, 'A')), "TOO_LARGE");
    EXPECT_EQ(refused("{" + std::string(70'000, ' ') + "}"), "TOO_LARGE");
    EXPECT_EQ(refused("MORE:nonsense"), "BAD_REQUEST");
}

TEST(BadInput, OfNumbersBeginsBeyondTheirBounds) {
    struct Case {
        std::string before;  ///< The number, and what closes the message, follow.
        int least;
        int most;
    };
    const std::string group =
        R"("service_type":"EKS","cluster_name":"dev","nodegroup_name":"nodes","region":"us-east-1",)";
    const std::string machine = R"("service_type":"EC2","instance_id":"i-0123456789abcdef0","region":"us-east-1",)";
    for (const auto& [before, least, most] : std::vector<Case>{
             {R"({"type":"SNOOZE","content":{"minutes":)", 1, 7 * 24 * 60},
             {R"({"type":"HISTORY","content":{"limit":)", 1, 1000},
             {R"({"type":"AWS_SERVICE_STATUS","content":{"action":"SCALE",)" + group + R"("desired_size":)", 0, 10'000},
             {R"({"type":"REGISTER_SERVICE","content":{)" + group + R"("desired_size":)", 0, 10'000},
             {R"({"type":"REGISTER_SERVICE","content":{)" + machine + R"("busy_cpu_percent":)", 1, 100}}) {
        for (const int bad : {least - 1, most + 1})
            EXPECT_EQ(refused(before + std::to_string(bad) + "}}"), "BAD_REQUEST");
        for (const int good : {least, most}) {
            Desk desk;
            desk.send(before + std::to_string(good) + "}}");
            EXPECT_TRUE(desk.replies.empty() || error_of(desk.last()).empty()) << before << good;
        }
    }
}

TEST(BadInput, OfTextsBeginsBeyondTheirLengthInCharacters) {
    const auto register_as = [](std::size_t characters) {
        std::string text;
        for (; characters > 0; --characters) text += "개";
        return R"({"type":"REGISTER_SERVICE","content":{"service_type":"EC2","instance_id":"i-0123456789abcdef0",)"
               R"("region":"us-east-1","description":")" +
               text + R"("}})";
    };
    EXPECT_EQ(refused(register_as(257)), "BAD_REQUEST");
    Desk desk;
    desk.send(register_as(256));
    EXPECT_EQ(desk.host.orders.size(), 1U);
}

TEST(BadInput, GetsTheErrorInTheFormThatItCameIn) {
    Desk desk;
    EXPECT_EQ(
        desk.ask_text("LIST_EC3"),
        R"({"status":"error","error":"UNKNOWN_COMMAND","message":"There is no command 'LIST_EC3'. The nearest is LIST_EC2."})");
    const auto reply = desk.ask(R"( {"id":"x1","type":"AWS_EC2_LITS"})");
    EXPECT_EQ(reply.at("id"), "x1");
    EXPECT_EQ(reply.at("type"), "ERROR");
    EXPECT_EQ(reply.at("source"), "doze");
    EXPECT_EQ(reply.at("timestamp"), 1'767'600'000);
    EXPECT_EQ(reply.at("content").at("request_type"), "AWS_EC2_LITS");
    EXPECT_EQ(message_of(reply), "There is no command 'AWS_EC2_LITS'. The nearest is AWS_EC2_LIST.");
}

TEST(BadInput, KeepsTheIdOfABrokenMessage) {
    Desk desk;
    EXPECT_EQ(desk.ask(R"({"id":"half","type":)").at("id"), "half");
    EXPECT_EQ(desk.ask(R"({"id":[1,2],"type":"nope"})").at("id").as_array().size(), 2U);
    EXPECT_EQ(desk.ask(R"({"id":"c","type":"PING","content":null})").at("id"), "c");
    EXPECT_EQ(desk.ask("{").at("id").as_string().size(), 36U);
}

TEST(BadInput, IsNeverEchoedAtLength) {
    Desk desk;
    const auto reply = desk.ask(R"({"type":")" + std::string(60'000, 'A') + R"("})");
    EXPECT_TRUE(reply.at("content").at("request_type").is_null());
    EXPECT_LT(desk.replies.back().size(), 400U);
    EXPECT_LT(desk.ask_text("START_EC2:" + std::string(900, 'x') + ":us-east-1").size(), 300U);
    const auto long_id = desk.ask(R"({"type":"PING","id":")" + std::string(2000, 'i') + R"("})");
    EXPECT_EQ(error_of(long_id), "BAD_REQUEST");
    EXPECT_EQ(message_of(long_id), "The id is longer than 1024 bytes.");
}

TEST(BadInput, OfAnyBytesGetsOneValidReplyWithinTheLimit) {
    const std::string_view seeds[] = {
        "LIST_EC2:us-east-1",
        "START_EC2:i-0123456789abcdef0:us-east-1",
        "SCALE_EKS:dev:nodes:us-east-1:3",
        "MORE:et00.us-east-1..i-0123456789abcdef0",
        R"({"id":"1","type":"AWS_SERVICE_STATUS","content":{"action":"START","service_type":"EC2"}})",
        R"({"id":{"a":[1,2]},"type":"REGISTER_SERVICE","content":{"service_type":"EKS","desired_size":1e99}})",
        R"({"type":"refresh_service","service":"ec2"})"};
    std::mt19937 random(2);
    for (int round = 0; round < 10'000; ++round) {
        Desk desk;
        std::string message(seeds[random() % std::size(seeds)]);
        for (auto changes = random() % 6; changes > 0; --changes) {
            const auto at = random() % (message.size() + 1);
            switch (random() % 4) {
                case 0: message.insert(at, 1, static_cast<char>(random())); break;
                case 1: message.resize(at); break;
                case 2: message.insert(at, message.substr(0, random() % 20)); break;
                default:
                    if (at < message.size()) message[at] = static_cast<char>(random());
            }
        }
        const std::size_t limit = 512 + random() % 200;
        desk.send(message, limit);
        while (!desk.host.waiting.empty()) desk.host.finish(core::RequestResult{.message = std::string(600, '"')});
        ASSERT_EQ(desk.replies.size(), 1U) << message;
        ASSERT_LE(desk.replies.back().size(), limit) << message;
        boost::system::error_code failed;
        boost::json::parse(desk.replies.back(), failed);
        ASSERT_FALSE(failed) << message << "\n" << desk.replies.back();
    }
}

}  // namespace
}  // namespace doze::protocol
