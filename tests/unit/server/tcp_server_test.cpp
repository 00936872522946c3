#include "server/stream/tcp_server.hpp"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "base/handle.hpp"
#include "unit/server/loop_until.hpp"

namespace doze::server {
namespace {

using testing::HasSubstr;

class TcpServerTest : public testing::Test {
   protected:
    using Reply = protocol::Dispatcher::SendReply;

    void open(SessionSetup setup, Session::Timeouts timeouts = {}) {
        server_ = TcpServer::open(loop_, {.address = {.port = 0}, .timeouts = timeouts}, std::move(setup),
                                  [this](std::string_view line) { warnings_.emplace_back(line); })
                      .value();
        client_ = connect();
        ASSERT_TRUE(client_);
    }

    [[nodiscard]] UniqueFd connect() const {
        UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(server_->port());
        if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
        return fd;
    }

    void send(std::string_view text) const {
        EXPECT_EQ(::send(client_.get(), text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }

    /// What comes up to the end of the connection.
    std::optional<std::string> rest() {
        std::string all;
        bool ended = false;
        loop_until(loop_, [&] {
            char chunk[4096];
            const auto size = ::recv(client_.get(), chunk, sizeof chunk, MSG_DONTWAIT);
            if (size > 0) all.append(chunk, static_cast<std::size_t>(size));
            ended = size == 0;
            return ended || (size < 0 && errno != EAGAIN);
        });
        return ended ? std::optional(all) : std::nullopt;
    }

    /// Until so much has come.
    std::string receive(std::size_t wanted) {
        std::string all;
        loop_until(loop_, [&] {
            char chunk[4096];
            const auto size = ::recv(client_.get(), chunk, std::min(sizeof chunk, wanted - all.size()), MSG_DONTWAIT);
            if (size > 0) all.append(chunk, static_cast<std::size_t>(size));
            return all.size() == wanted || size == 0;
        });
        return all;
    }

    static void echo(std::string_view message, std::size_t, const Reply& reply,
                     const std::weak_ptr<commands::EventSink>&) {
        reply(message);
    }

    boost::asio::io_context loop_{1};
    std::unique_ptr<TcpServer> server_;
    UniqueFd client_;
    std::vector<std::string> warnings_;
};

TEST_F(TcpServerTest, SaysNothingBeforeTheFirstReply) {
    const auto answer = [](std::string_view message, std::size_t, const Reply& reply, const auto& listener) {
        reply(message);
        listener.lock()->hear("event");
    };
    open({.handler = answer});
    send("one\n{\"two\":2}");
    EXPECT_THAT(receive(26), testing::StartsWith("one\n"));
}

TEST_F(TcpServerTest, EndsACommandThatIsNeverFinished) {
    open({.handler = echo}, {.for_command = std::chrono::milliseconds(500)});
    send("one\ntw");
    const auto came = rest();
    ASSERT_TRUE(came);
    EXPECT_THAT(*came, testing::StartsWith("one\n"));
    EXPECT_THAT(*came, HasSubstr("BAD_REQUEST"));
    EXPECT_TRUE(loop_until(loop_, [&] { return server_->connections() == 0; }));
}

TEST_F(TcpServerTest, HangsUpOnOtherProtocolsAndRunsNothingOfThem) {
    std::vector<std::string> run;
    open({.handler = [&](std::string_view message, std::size_t, const Reply& reply, const auto&) {
        run.emplace_back(message);
        reply(message);
    }});
    for (const std::string_view first :
         {"POST / HTTP/1.1\r\nHost: 127.0.0.1:20200\r\nContent-Type: text/plain\r\n\r\nx\r\nAWAY\r\nz=\r\n",
          "\r\n\r\nget /x http/1.1\r\n\r\nAWAY\n", "\x16\x03\x01\x02\nAWAY\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\nAWAY\n",
          "EHLO x\r\nAWAY\r\n", "\xff\xfe\nAWAY\n", "Host: x\r\nAWAY\r\n"}) {
        client_ = connect();
        send(first);
        EXPECT_EQ(rest(), "") << first;
        client_ = connect();
        for (const char byte : first) {
            if (::send(client_.get(), &byte, 1, MSG_NOSIGNAL) != 1) break;
            loop_.restart();
            loop_.poll();
        }
        EXPECT_EQ(rest(), "") << first;
    }
    EXPECT_THAT(run, testing::IsEmpty());
    client_ = connect();
    send("one\nGET / HTTP/1.1\r\nAWAY\n");
    EXPECT_EQ(rest(), "one\n");
    EXPECT_THAT(run, testing::ElementsAre("one"));
    EXPECT_TRUE(loop_until(loop_, [&] { return server_->connections() <= 1; }));
    EXPECT_THAT(warnings_, testing::ElementsAre(testing::AllOf(HasSubstr("127.0.0.1:"), HasSubstr("spoke HTTP"))));
}

TEST_F(TcpServerTest, AConnectionAtRestIsLeftAlone) {
    open({.handler = echo}, {.for_command = std::chrono::milliseconds(500)});
    send("one\n");
    EXPECT_EQ(receive(4), "one\n");
    auto resting = std::exchange(client_, connect());
    send("half");
    EXPECT_TRUE(rest());  // So much time has passed.
    client_ = std::move(resting);
    send("two\n");
    EXPECT_EQ(receive(4), "two\n");
}

TEST_F(TcpServerTest, TheRefusalOfALongCommandArrives) {
    open({.handler = echo});
    const std::string much(1 << 20, 'x');
    std::size_t sent = 0;
    // Sends on although doze has refused it already.
    loop_until(loop_, [&] {
        const auto size = ::send(client_.get(), much.data(), much.size() - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (size > 0) sent += static_cast<std::size_t>(size);
        return sent == much.size();
    });
    const auto came = rest();
    ASSERT_TRUE(came);
    EXPECT_THAT(*came, HasSubstr("TOO_LARGE"));
}

TEST_F(TcpServerTest, SaysWhichSettingIsWrong) {
    open({.handler = echo});
    const auto second = TcpServer::open(loop_, {.address = {.port = server_->port()}}, SessionSetup{.handler = echo});
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().message, HasSubstr("another program has it"));
    EXPECT_THAT(second.error().next_step, HasSubstr("tcp_server.port"));
    const auto open_to_all =
        TcpServer::open(loop_, {.address = {.ip = "0.0.0.0", .port = 0}}, SessionSetup{.handler = echo});
    ASSERT_FALSE(open_to_all.has_value());
    EXPECT_THAT(open_to_all.error().message, HasSubstr("security.token"));
}

}  // namespace
}  // namespace doze::server
