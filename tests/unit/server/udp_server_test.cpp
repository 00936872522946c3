#include "server/udp/udp_server.hpp"

#include <arpa/inet.h>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <fstream>
#include <gmock/gmock.h>
#include <netinet/udp.h>
#include <optional>
#include <string>
#include <vector>

#include "base/handle.hpp"
#include "unit/server/loop_until.hpp"

namespace doze::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A client on 127.0.0.1 that never blocks.
class Client {
   public:
    explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
        const int wanted = 4 << 20;
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &wanted, sizeof wanted);
        there_.sin_family = AF_INET;
        there_.sin_port = htons(port);
        there_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }

    bool send(std::string_view text) {
        return ::sendto(fd_.get(), text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&there_), sizeof there_) ==
               static_cast<ssize_t>(text.size());
    }

    std::optional<std::string> receive() {
        std::string text(65'536, '\0');
        const auto size = ::recv(fd_.get(), text.data(), text.size(), 0);
        if (size < 0) return std::nullopt;
        text.resize(static_cast<std::size_t>(size));
        return text;
    }

   private:
    UniqueFd fd_;
    sockaddr_in there_{};
};

class UdpServerTest : public testing::Test {
   protected:
    using Reply = protocol::Dispatcher::SendReply;

    void open(Handler handler, std::size_t buffer_size = 4096) {
        server_ = UdpServer::open(loop_, {.address = {.port = 0}, .buffer_size = buffer_size}, std::move(handler),
                                  [this](std::string_view line) { warnings_.emplace_back(line); })
                      .value();
        client_.emplace(server_->port());
    }

    std::optional<std::string> reply() {
        std::optional<std::string> got;
        loop_until(loop_, [&] { return (got = client_->receive()).has_value(); });
        return got;
    }

    static void echo(std::string_view message, std::size_t, const Reply& reply) { reply(message); }

    boost::asio::io_context loop_{1};
    std::unique_ptr<UdpServer> server_;
    std::optional<Client> client_;
    std::vector<std::string> warnings_;
};

TEST_F(UdpServerTest, AnswersEachSender) {
    open(echo);
    Client other(server_->port());
    ASSERT_TRUE(client_->send("mine"));
    ASSERT_TRUE(other.send("yours"));
    EXPECT_EQ(reply(), "mine");
    EXPECT_EQ(other.receive(), "yours");
}

TEST_F(UdpServerTest, HandsOverAnyBytesUnchanged) {
    open(echo, 65'507);
    const std::string bytes("\0\xff\n{\"type\":", 11);
    const std::string large(65'507, '[');
    for (const auto& message : {std::string(), bytes, large}) {
        ASSERT_TRUE(client_->send(message));
        EXPECT_EQ(reply(), message);
    }
}

TEST_F(UdpServerTest, TellsTheHandlerHowMuchAReplyMayCarry) {
    std::vector<std::size_t> limits;
    const auto note = [&](std::string_view message, std::size_t max_reply, const Reply& reply) {
        limits.push_back(max_reply);
        reply(message);
    };
    open(note, 4096);
    ASSERT_TRUE(client_->send("x"));
    reply();
    open(note, 1'000'000);
    ASSERT_TRUE(client_->send("x"));
    reply();
    EXPECT_THAT(limits, ElementsAre(4096U, 65'507U));
}

TEST_F(UdpServerTest, LosesNoneOfABurstOfAThousand) {
    int most = 0;
    std::ifstream("/proc/sys/net/core/rmem_max") >> most;
    if (most < 1 << 20 && ::geteuid() != 0) GTEST_SKIP() << "net.core.rmem_max is too small here";
    open(echo);
    constexpr int burst = 1000;
    for (int i = 0; i < burst; ++i) ASSERT_TRUE(client_->send(std::to_string(i)));
    for (int i = 0; i < burst; ++i) ASSERT_EQ(reply(), std::to_string(i));
}

TEST_F(UdpServerTest, GivesOtherWorkItsTurnDuringABurst) {
    open(echo);
    bool had_turn = false;
    for (int i = 0; i < 200; ++i) ASSERT_TRUE(client_->send("x"));
    ASSERT_TRUE(loop_until(loop_, [&] { return server_->counts().received > 0; }));
    EXPECT_LT(server_->counts().received, 200U);
    boost::asio::post(loop_, [&] { had_turn = true; });
    ASSERT_TRUE(loop_until(loop_, [&] { return had_turn; }));
    ASSERT_TRUE(loop_until(loop_, [&] { return server_->counts().received == 200; }));
}

TEST_F(UdpServerTest, OutlivesADatagramFromSourcePortZero) {
    const UniqueFd raw(::socket(AF_INET, SOCK_RAW, IPPROTO_UDP));
    if (!raw) GTEST_SKIP() << "needs CAP_NET_RAW";
    open(echo);
    struct {
        udphdr header{};
        char text[4] = {'E', 'V', 'I', 'L'};
    } datagram;
    datagram.header.uh_sport = 0;
    datagram.header.uh_dport = htons(server_->port());
    datagram.header.uh_ulen = htons(sizeof datagram);
    sockaddr_in there{};
    there.sin_family = AF_INET;
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(::sendto(raw.get(), &datagram, sizeof datagram, 0, reinterpret_cast<sockaddr*>(&there), sizeof there),
              static_cast<ssize_t>(sizeof datagram));
    ASSERT_TRUE(loop_until(loop_, [&] { return server_->counts().unanswerable == 1; }));
    ASSERT_TRUE(client_->send("still there?"));
    EXPECT_EQ(reply(), "still there?");
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr("source port 0")));
}

TEST_F(UdpServerTest, CountsRepliesThatCannotBeSentAndWarnsOnce) {
    open([](std::string_view message, std::size_t, const Reply& reply) {
        reply(message == "too large" ? std::string(70'000, 'x') : std::string(message));
    });
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(client_->send("too large"));
    ASSERT_TRUE(client_->send("fits"));
    EXPECT_EQ(reply(), "fits");
    EXPECT_EQ(server_->counts().lost_replies, 5U);
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr("A reply to 127.0.0.1:")));
}

TEST_F(UdpServerTest, OutlivesClientsThatAreGone) {
    open(echo);
    for (int i = 0; i < 20; ++i) {
        Client gone(server_->port());
        ASSERT_TRUE(gone.send("bye"));
    }
    ASSERT_TRUE(client_->send("here"));
    EXPECT_EQ(reply(), "here");
}

TEST_F(UdpServerTest, SendsLateReplies) {
    std::vector<Reply> out;
    open([&](std::string_view, std::size_t, Reply reply) { out.push_back(std::move(reply)); });
    ASSERT_TRUE(client_->send("START"));
    ASSERT_TRUE(loop_until(loop_, [&] { return out.size() == 1; }));
    out.front()("started");
    EXPECT_EQ(reply(), "started");
}

TEST_F(UdpServerTest, DropsRepliesThatComeAfterItsEnd) {
    std::vector<Reply> out;
    open([&](std::string_view, std::size_t, Reply reply) { out.push_back(std::move(reply)); });
    ASSERT_TRUE(client_->send("START"));
    ASSERT_TRUE(loop_until(loop_, [&] { return out.size() == 1; }));
    server_.reset();
    out.front()("too late");
    loop_.restart();
    loop_.poll();
    EXPECT_EQ(client_->receive(), std::nullopt);
}

TEST_F(UdpServerTest, MayBeEndedByACommand) {
    open([&](std::string_view message, std::size_t, const Reply& reply) {
        reply(message);
        server_.reset();
    });
    ASSERT_TRUE(client_->send("quit"));
    ASSERT_TRUE(client_->send("quit again"));
    EXPECT_EQ(reply(), "quit");
    loop_.restart();
    loop_.poll();
    EXPECT_EQ(client_->receive(), std::nullopt);
}

TEST_F(UdpServerTest, SaysHowToFindWhoHasThePort) {
    open(echo);
    const auto second = UdpServer::open(loop_, {.address = {.port = server_->port()}}, echo);
    ASSERT_FALSE(second.has_value());
    EXPECT_THAT(second.error().message, HasSubstr("127.0.0.1:" + std::to_string(server_->port())));
    EXPECT_THAT(second.error().next_step, HasSubstr("ss -ulpn"));
    EXPECT_THAT(second.error().next_step, HasSubstr("udp_server.port"));
}

TEST_F(UdpServerTest, RefusesAddressesThatOtherMachinesReach) {
    for (const std::string ip : {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1"}) {
        const auto refused = UdpServer::open(loop_, {.address = {.ip = ip}}, echo);
        ASSERT_FALSE(refused.has_value()) << ip;
        EXPECT_THAT(refused.error().message, HasSubstr("security.token"));
    }
    EXPECT_THAT(UdpServer::open(loop_, {.address = {.ip = "here"}}, echo).error().message,
                HasSubstr("not an IP address"));
}

TEST_F(UdpServerTest, ListensOnIpv6LoopbackAsWell) {
    auto server = UdpServer::open(loop_, {.address = {.ip = "::1"}}, echo);
    if (!server) GTEST_SKIP() << "no IPv6 here";
    const UniqueFd fd(::socket(AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK, 0));
    sockaddr_in6 there{};
    there.sin6_family = AF_INET6;
    there.sin6_port = htons((*server)->port());
    there.sin6_addr = in6addr_loopback;
    ASSERT_EQ(::sendto(fd.get(), "six", 3, 0, reinterpret_cast<sockaddr*>(&there), sizeof there), 3);
    char got[8];
    EXPECT_TRUE(loop_until(loop_, [&] { return ::recv(fd.get(), got, sizeof got, 0) == 3; }));
}

}  // namespace
}  // namespace doze::server
