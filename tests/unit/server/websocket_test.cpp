#include <gmock/gmock.h>
#include <string>
#include <tuple>
#include <vector>

#include "protocol/message.hpp"
#include "server/http/web_server.hpp"
#include "server/http/websocket_session.hpp"
#include "unit/server/web_client.hpp"

namespace doze::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class WebSocketTest : public testing::Test {
   protected:
    void open(ConnectionHandler handler, WebTimeouts timeouts = {}) {
        server_ = WebServer::open(loop_, {.address = {.port = 0}, .timeouts = timeouts},
                                  {.commands = std::move(handler),
                                   .greeter =
                                       [this](const auto& listener) {
                                           listener_ = listener;
                                           listener->hear("welcome");
                                       }})
                      .value();
    }

    void open_echo(WebTimeouts timeouts = {}) {
        open([](std::string_view message, std::size_t, const auto& reply, const auto&) { reply(message); }, timeouts);
    }

    /// A client that was welcomed.
    [[nodiscard]] WebClient connect(std::string_view path = "/ws") {
        WebClient client(loop_, server_->port());
        EXPECT_THAT(client.upgrade(path), HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        EXPECT_EQ(client.frame(), "welcome");
        return client;
    }

    boost::asio::io_context loop_{1};
    std::unique_ptr<WebServer> server_;
    std::weak_ptr<commands::EventSink> listener_;
};

TEST_F(WebSocketTest, OneTextMessageIsOneCommandOrEvent) {
    open_echo();
    auto client = connect();
    client.frame(WebClient::text, "one");
    EXPECT_EQ(client.frame(), "one");
    listener_.lock()->hear("event");
    EXPECT_EQ(client.frame(), "event");
    client.frame(WebClient::unfinished_text, "t");
    client.frame(WebClient::ping, "there?");
    client.frame(WebClient::rest_of_message, "wo");
    EXPECT_EQ(client.frame(), std::string(1, static_cast<char>(WebClient::pong)) + "there?");
    EXPECT_EQ(client.frame(), "two");
    std::ignore = connect("/");
}

TEST_F(WebSocketTest, IsWhereItIsAndNowhereElse) {
    open_echo();
    WebClient client(loop_, server_->port());
    EXPECT_THAT(client.upgrade("/other"), StartsWith("HTTP/1.1 404"));
    WebClient foreign(loop_, server_->port());
    EXPECT_THAT(foreign.upgrade("/ws", "Origin: http://evil.example\r\n"), StartsWith("HTTP/1.1 403"));
    WebClient own(loop_, server_->port());
    EXPECT_THAT(own.upgrade("/ws", "Origin: http://localhost:" + std::to_string(server_->port()) + "\r\n"),
                StartsWith("HTTP/1.1 101"));
}

TEST_F(WebSocketTest, EndsWithTheCodeThatSaysWhy) {
    open_echo();
    auto client = connect();
    client.frame(WebClient::binary, "one");
    EXPECT_EQ(client.end_code(), 1003U);
    client = connect();
    client.frame(WebClient::text, "\xff");
    EXPECT_EQ(client.end_code(), 1007U);
    client = connect();
    client.frame(WebClient::text, std::string(protocol::longest_message + 1, 'x'));
    EXPECT_EQ(client.end_code(), 1009U);
    client = connect();
    client.frame(WebClient::text, std::string(protocol::longest_message, 'x'));
    EXPECT_EQ(client.frame().size(), protocol::longest_message);
    client.frame(WebClient::rest_of_message, "of nothing");
    EXPECT_EQ(client.end_code(), 1002U);
    client = connect();
    client.frame(0x83, "no such opcode");
    EXPECT_EQ(client.end_code(), 1002U);
    client = connect();
    client.frame(WebClient::farewell, std::string("\x03\xe8", 2));
    EXPECT_EQ(client.end_code(), 1000U);
    EXPECT_TRUE(loop_until(loop_, [&] { return server_->connections() == 0; }));
}

TEST_F(WebSocketTest, OneFromWhomNothingComesIsGone) {
    open_echo({.silence = std::chrono::milliseconds(500)});
    auto client = connect();
    std::string ping(1, static_cast<char>(WebClient::ping));
    EXPECT_EQ(client.frame(), ping);
    EXPECT_TRUE(client.rest());
}

TEST_F(WebSocketTest, OneWhoNeverReadsIsNotReadEither) {
    std::size_t commands = 0;
    const std::string long_reply(100'000, 'x');
    open([&](std::string_view, std::size_t, const auto& reply, const auto&) {
        ++commands;
        reply(long_reply);
    });
    auto slow = connect();
    std::size_t asked = 0;
    // Up to what the kernel and doze keep for it.
    for (std::size_t before = 1; before != commands;) {
        before = commands;
        for (int i = 0; i < 50; ++i, ++asked) slow.frame(WebClient::text, "again");
        loop_until(loop_, [&, turns = 0]() mutable { return ++turns == 20; });
        ASSERT_LT(asked, 100'000U);
    }
    EXPECT_LT(commands, asked);
    for (int i = 0; i < 2000; ++i) listener_.lock()->hear("event");
    auto other = connect();
    other.frame(WebClient::text, "other");
    EXPECT_EQ(other.frame(), long_reply);
    // Once it reads, it has all its replies, and then what happened.
    std::size_t replies = 0;
    while (replies < asked) {
        const auto next = slow.frame();
        ASSERT_FALSE(next.empty());
        if (next == long_reply) ++replies;
    }
}

TEST_F(WebSocketTest, RepliesMayComeAfterItsEnd) {
    std::vector<protocol::Dispatcher::SendReply> waiting;
    open([&](std::string_view, std::size_t, auto reply, const auto&) { waiting.push_back(std::move(reply)); });
    auto client = connect();
    client.frame(WebClient::text, "one");
    ASSERT_TRUE(loop_until(loop_, [&] { return waiting.size() == 1; }));
    server_.reset();
    waiting[0]("too late");
    EXPECT_TRUE(client.rest());
}

}  // namespace
}  // namespace doze::server
