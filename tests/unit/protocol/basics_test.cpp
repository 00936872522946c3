#include <gtest/gtest.h>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

TEST(Words, AreMatchedWithoutRegardToCaseOrSpace) {
    Desk desk;
    EXPECT_EQ(desk.ask_text("PING"), R"({"status":"success","message":"PONG"})");
    EXPECT_EQ(desk.ask_text(" \tpiNg \r\n"), desk.ask_text("PING"));
    EXPECT_EQ(desk.ask_text(std::string("PING\0", 5)), desk.ask_text("PING"));
    EXPECT_EQ(desk.ask_text("list_ec2 : us-east-1"), "[]");
}

TEST(Ping, IsAnsweredByPong) {
    Desk desk;
    const auto reply = desk.ask(R"({"id":"p","type":"PING","timestamp":1,"source":"test","content":{}})");
    EXPECT_EQ(reply.at("id"), "p");
    EXPECT_EQ(reply.at("type"), "PONG");
    EXPECT_EQ(reply.at("content").at("message"), "PONG");
}

TEST(Ids, ComeBackWhateverTheyAre) {
    Desk desk;
    EXPECT_EQ(desk.ask(R"({"id":17,"type":"test"})").at("id"), 17);
    EXPECT_EQ(desk.ask(R"({"id":true,"type":"test"})").at("id"), true);
    EXPECT_EQ(desk.ask(R"({"id":"ü\n","type":"test"})").at("id"), "ü\n");
    const auto fresh = desk.ask(R"({"type":"test"})").at("id");
    EXPECT_EQ(fresh.as_string().size(), 36U);
    EXPECT_NE(desk.ask(R"({"type":"test","id":null})").at("id"), fresh);
}

TEST(Test, IsAnsweredUnderItsType) {
    Desk desk;
    const auto reply = desk.ask(R"({"action":"test"})");
    EXPECT_EQ(reply.at("type"), "test");
    EXPECT_EQ(reply.at("content").at("status"), "success");
}

TEST(Action, NamesTheCommandWhereTheTypeIsOnlyAWrapper) {
    Desk desk;
    EXPECT_EQ(desk.ask(R"({"type":"CLIENT_REQUEST","action":"test","content":{}})").at("type"), "test");
}

TEST(Parts, ThatAreMissingOrTooManyAreNamed) {
    Desk desk;
    EXPECT_EQ(message_of(desk.ask("START_EC2")), "START_EC2 needs instance-id:region: the instance-id is missing.");
    EXPECT_EQ(message_of(desk.ask("STOP_ECS:dev:web")),
              "STOP_ECS needs cluster:service:region: the region is missing.");
    EXPECT_EQ(message_of(desk.ask("START_EC2:a:b:c:d:e:f:g:h:i:j:k")),
              "START_EC2 has too many parts: it takes instance-id:region, and nothing after.");
    EXPECT_EQ(message_of(desk.ask("AWAY:now")), "AWAY stands alone, without ':'.");
    EXPECT_TRUE(desk.host.orders.empty());
}

TEST(Away, IsOrderedAndAnsweredWhenDone) {
    Desk desk;
    desk.send("away");
    ASSERT_TRUE(std::holds_alternative<core::LeaveRequested>(desk.host.orders.at(0)));
    EXPECT_TRUE(desk.replies.empty());
    desk.host.finish(core::RequestResult{.message = "You are away."});
    EXPECT_EQ(desk.replies.at(0), R"({"status":"success","message":"You are away."})");
    desk.send(R"({"id":1,"type":"AWAY"})");
    desk.host.finish(core::RequestResult{.message = "You are away."});
    EXPECT_EQ(desk.last().at("content").at("result"), true);
}

TEST(UserActivity, IsASignOfLifeWithoutReply) {
    Desk desk;
    desk.send(R"({"type":"USER_ACTIVITY","content":{"activity":"KEYBOARD_ACTIVITY"}})");
    desk.send(R"({"type":"USER_ACTIVITY"})");
    EXPECT_TRUE(desk.replies.empty());
    ASSERT_EQ(desk.host.posted.size(), 2U);
    const auto& seen = std::get<core::ActivitySeen>(desk.host.posted[0]);
    EXPECT_EQ(seen.signal.kind, core::ActivityKind::session);
    EXPECT_EQ(seen.signal.at, desk.host.clock.boot());
}

TEST(UserActivity, OfTheTimerIsNoSignOfLife) {
    Desk desk;
    desk.send(R"({"type":"USER_ACTIVITY","content":{"activity":"TIMER_TICK","nowtime":1}})");
    EXPECT_TRUE(desk.host.posted.empty());
    EXPECT_TRUE(desk.replies.empty());
}

TEST(Dispatcher, MayBeGoneBeforeAReplyComes) {
    FakeHost host;
    std::string reply;
    {
        Dispatcher dispatcher(host, ProgramInfo{.version = "1", .started = host.clock.boot()});
        dispatcher.handle("AWAY", no_limit, [&](std::string_view text) { reply = text; });
    }
    host.finish(core::RequestResult{.message = "Away."});
    EXPECT_EQ(reply, R"({"status":"success","message":"Away."})");
}

TEST(Dispatcher, MayBeAskedAgainFromWithinAReply) {
    Desk desk;
    std::string outer, inner;
    desk.dispatcher.handle("LIST_ECS", no_limit, [&](std::string_view text) {
        desk.dispatcher.handle("FROBNICATE", no_limit, [&](std::string_view error) { inner = error; });
        outer = text;
    });
    EXPECT_EQ(outer, "[]");
    EXPECT_TRUE(inner.starts_with(R"({"status":"error")"));
}

}  // namespace
}  // namespace doze::protocol
