#include <gmock/gmock.h>
#include <memory>

#include "unit/protocol/desk.hpp"

namespace doze::protocol::holds_test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

struct Connection : EventSink {
    void hear(std::string_view) override {}
};

class HoldCommands : public testing::Test {
   protected:
    /// The newest reply to what is said on the connection.
    boost::json::value say(std::string_view message) {
        desk.dispatcher.handle(
            message, no_limit, [this](std::string_view reply) { desk.replies.emplace_back(reply); }, connection);
        return desk.replies.empty() ? nullptr : desk.last();
    }

    Desk desk;
    std::shared_ptr<Connection> connection = std::make_shared<Connection>();
};

TEST_F(HoldCommands, SnoozeForMinutes) {
    desk.send("SNOOZE:90");
    EXPECT_EQ(desk.host.last_order<core::SnoozeRequested>().until, desk.host.clock.boot() + 90min);
    desk.host.finish(core::RequestResult{.message = "Good night."});
    EXPECT_EQ(desk.replies.back(), R"({"status":"success","until":1767605400,"message":"Good night."})");
    desk.send(R"({"id":"1","type":"SNOOZE","content":{"minutes":1}})");
    EXPECT_EQ(desk.host.last_order<core::SnoozeRequested>().until, desk.host.clock.boot() + 1min);
    desk.host.finish(core::RequestResult{.message = "Good night."});
    EXPECT_EQ(desk.last().at("content").at("result"), true);
    EXPECT_EQ(desk.last().at("content").at("until"), 1767600060);
}

TEST_F(HoldCommands, SnoozeUntilAMoment) {
    desk.send(R"({"type":"SNOOZE","content":{"until":1767603600}})");
    EXPECT_EQ(desk.host.last_order<core::SnoozeRequested>().until, desk.host.clock.boot() + 1h);
}

TEST_F(HoldCommands, RefuseASnoozeOfNoUse) {
    for (const std::string_view message :
         {"SNOOZE", "SNOOZE:", "SNOOZE:0", "SNOOZE:-5", "SNOOZE:10081", "SNOOZE:1.5", "SNOOZE:soon",
          R"({"type":"SNOOZE"})", R"({"type":"SNOOZE","content":{"minutes":0}})",
          R"({"type":"SNOOZE","content":{"minutes":"60"}})", R"({"type":"SNOOZE","content":{"until":1767600030}})",
          R"({"type":"SNOOZE","content":{"until":1867600030}})", R"({"type":"SNOOZE","content":{"until":-1}})"})
        EXPECT_EQ(error_of(desk.ask(message)), "BAD_REQUEST") << message;
    EXPECT_TRUE(desk.host.orders.empty());
}

TEST_F(HoldCommands, Resume) {
    desk.send("RESUME");
    EXPECT_EQ(desk.host.last_order<core::ResumeRequested>().request, 1U);
    desk.host.finish(core::RequestResult{.message = "It is over."});
    EXPECT_EQ(desk.replies.back(), R"({"status":"success","message":"It is over."})");
}

TEST_F(HoldCommands, HoldAsLongAsTheConnectionLives) {
    say("HOLD:make -j8");
    EXPECT_EQ(desk.host.last_order<core::HoldRequested>().reason, "make -j8");
    desk.host.finish(core::RequestResult{.message = "Held."});
    EXPECT_EQ(desk.replies.back(), R"({"status":"success","message":"Held."})");
    ASSERT_EQ(desk.host.holds.size(), 1U);
    EXPECT_FALSE(desk.host.holds[0].expired());
    connection.reset();
    EXPECT_TRUE(desk.host.holds[0].expired());
}

TEST_F(HoldCommands, ASecondHoldTakesThePlaceOfTheFirst) {
    say(R"({"type":"HOLD","content":{"reason":"first"}})");
    say(R"({"type":"HOLD","content":{"reason":"second"}})");
    ASSERT_EQ(desk.host.holds.size(), 2U);
    EXPECT_TRUE(desk.host.holds[0].expired());
    EXPECT_FALSE(desk.host.holds[1].expired());
}

TEST_F(HoldCommands, ReleaseEndsIt) {
    say("HOLD:make");
    const auto reply = say("RELEASE");
    EXPECT_TRUE(desk.host.holds[0].expired());
    EXPECT_EQ(message_of(reply), "This connection holds nothing awake any more.");
    EXPECT_EQ(message_of(say("RELEASE")), "This connection held nothing awake.");
    EXPECT_EQ(error_of(desk.ask("RELEASE")), "");
}

TEST_F(HoldCommands, NoHoldWithoutAConnectionOrAReason) {
    EXPECT_THAT(message_of(desk.ask("HOLD:make")), HasSubstr("only on a connection"));
    for (const auto& message : {std::string("HOLD"), std::string("HOLD:"), "HOLD:" + std::string(257, 'a'),
                                std::string("HOLD:a\x01"), std::string("HOLD:\xff"), std::string(R"({"type":"HOLD"})"),
                                std::string(R"({"type":"HOLD","content":{"reason":7}})"),
                                std::string(R"({"type":"HOLD","content":{"reason":"a\nb"}})")})
        EXPECT_EQ(error_of(say(message)), "BAD_REQUEST") << message;
    EXPECT_TRUE(desk.host.holds.empty());
}

TEST_F(HoldCommands, StatusTellsOfEach) {
    auto& holds = desk.host.change().holds;
    holds.snooze(desk.host.clock.boot() + 1h, desk.host.now());
    holds.hold(1, "make", desk.host.clock.boot());
    desk.host.clock.advance(60s);
    EXPECT_EQ(desk.ask("STATUS").at("holds"), boost::json::parse(R"([
        {"kind": "snooze", "why": "You asked for everything to stay awake.", "until": 1767603600},
        {"kind": "client", "why": "make", "since": 1767600000}])"));
    holds.leave();
    holds.release(1, desk.host.clock.boot());
    EXPECT_EQ(desk.ask("STATUS").at("holds"),
              boost::json::parse(R"([{"kind": "warning", "why": "A hold has just ended.", "until": 1767600360}])"));
}

class HistoryCommand : public testing::Test {
   protected:
    HistoryCommand() {
        for (int id = 200; id > 0; --id)
            desk.host.lines.push_back({.id = id,
                                       .at = desk.host.clock.wall(),
                                       .reason = "away",
                                       .level = "info",
                                       .resource = id % 2 == 0 ? "ec2:us-east-1:i-00000001" : "",
                                       .text = "Line " + std::to_string(id) + ", and what it says."});
    }

    Desk desk;
};

TEST_F(HistoryCommand, TellsTheNewestFirst) {
    const auto reply = desk.ask("HISTORY:2").as_object();
    EXPECT_EQ(desk.replies.back(),
              R"({"status":"success","lines":[{"id":200,"at":1767600000,"reason":"away","level":"info",)"
              R"("resource":"ec2:us-east-1:i-00000001","text":"Line 200, and what it says."},{"id":199,)"
              R"("at":1767600000,"reason":"away","level":"info","resource":null,)"
              R"("text":"Line 199, and what it says."}],"truncated":true,"before":199})");
    EXPECT_EQ(desk.ask("HISTORY").at("lines").as_array().size(), 100U);
    const auto all = desk.ask(R"({"type":"HISTORY","content":{"limit":500}})").at("content").as_object();
    EXPECT_EQ(all.at("lines").as_array().size(), 200U);
    EXPECT_FALSE(all.contains("truncated"));
}

TEST_F(HistoryCommand, AsksForWhatIsWanted) {
    desk.send(R"({"type":"HISTORY","content":{"limit":5,"since":1767500000,"before":17}})");
    EXPECT_EQ(desk.host.asked.limit, 6);
    EXPECT_EQ(desk.host.asked.before, 17);
    EXPECT_EQ(desk.host.asked.since, core::WallTime(1767500000s));
    desk.send("HISTORY::42");
    EXPECT_EQ(desk.host.asked.limit, 101);
    EXPECT_EQ(desk.host.asked.before, 42);
}

TEST_F(HistoryCommand, FitsIntoWhatTheTransportCarries) {
    for (const std::size_t limit : {std::size_t{512}, std::size_t{4096}}) {
        for (const std::string_view message : {"HISTORY", R"({"type":"HISTORY"})"}) {
            const auto reply = desk.ask(message, limit);
            EXPECT_LE(desk.replies.back().size(), limit);
            const auto& told = message == "HISTORY" ? reply.as_object() : reply.at("content").as_object();
            const auto& lines = told.at("lines").as_array();
            EXPECT_FALSE(lines.empty());
            EXPECT_EQ(told.at("truncated"), true);
            EXPECT_EQ(told.at("before"), lines.back().at("id"));
        }
    }
    desk.host.lines[0].text = std::string(5000, 'x');
    EXPECT_FALSE(desk.ask("HISTORY", 512).at("lines").as_array().empty());
}

TEST_F(HistoryCommand, RefusesWhatIsNoNumber) {
    for (const std::string_view message :
         {"HISTORY:0", "HISTORY:1001", "HISTORY:x", "HISTORY:1:x", R"({"type":"HISTORY","content":{"limit":"5"}})",
          R"({"type":"HISTORY","content":{"since":"yesterday"}})", R"({"type":"HISTORY","content":{"before":-1}})"})
        EXPECT_EQ(error_of(desk.ask(message)), "BAD_REQUEST") << message;
}

TEST(HelpCommand, IsTheTable) {
    Desk desk;
    const auto all = desk.ask("HELP").at("commands").as_array();
    EXPECT_GT(all.size(), 40U);
    EXPECT_EQ(desk.ask("HELP:release").at("commands"), boost::json::parse(R"([{"command": "RELEASE", "type": "RELEASE",
        "parts": null, "summary": "Ends the hold of this connection", "content": []}])"));
    for (const auto* word : {"AUTH", "VERIFY_PASSWORD"}) {
        EXPECT_EQ(error_of(desk.ask(std::string("HELP:") + word)), "UNKNOWN_COMMAND") << "it lets in, elsewhere";
        EXPECT_EQ(error_of(desk.ask(std::string(R"({"type":")") + word + "\"}")), "UNKNOWN_COMMAND") << word;
    }
    const auto of_hold = desk.ask("HELP:hold").at("commands").at(0);
    EXPECT_EQ(of_hold.at("parts"), "reason");
    EXPECT_EQ(of_hold.at("content"), boost::json::parse(R"([{"name": "reason", "type": "string", "required": true,
        "what": "Shown to the person"}])"));
    EXPECT_EQ(desk.ask("HELP:unregister_service").at("commands").at(0).at("content").at(0).at("name"), "service_type");
    EXPECT_FALSE(desk.ask("HELP:start_ec2").at("commands").at(0).as_object().contains("content"));
    EXPECT_EQ(desk.ask("HELP:aws_ec2_list").at("commands").as_array().size(), 1U);
    const auto unknown = desk.ask(R"({"type":"HELP","content":{"command":"SNOZE"}})");
    EXPECT_EQ(error_of(unknown), "UNKNOWN_COMMAND");
    EXPECT_THAT(message_of(unknown), HasSubstr("SNOOZE"));
}

TEST(HelpCommand, SaysWhatDidNotFit) {
    Desk desk;
    const auto cut = desk.ask("HELP", 4096).as_object();
    EXPECT_LE(desk.replies.back().size(), 4096U);
    EXPECT_EQ(cut.at("truncated"), true);
    const auto whole = desk.ask("HELP").at("commands").as_array().size();
    EXPECT_EQ(cut.at("remaining"), whole - cut.at("commands").as_array().size());
}

}  // namespace
}  // namespace doze::protocol::holds_test
