#include <arpa/inet.h>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <vector>

#include "server/admission/listening_socket.hpp"
#include "server/stream/stream_server.hpp"
#include "unit/server/loop_until.hpp"

namespace doze::server {
namespace {

using testing::Contains;
using testing::HasSubstr;

/// Connections that must show the token, told apart by the loopback address that they come from.
class StrangersTest : public testing::Test {
   protected:
    void open(std::size_t most_connections) {
        auto listening = bound_socket(SOCK_STREAM, {.port = 0}, {.server = "test", .section = "test"}, false).value();
        port_ = port_of(listening.get());
        server_.emplace(
            loop_, std::move(listening),
            StreamServer::Options{.name = "The server", .most_connections = most_connections},
            [](Stream::Socket& socket) -> Result<SessionSetup> {
                sockaddr_in from{};
                socklen_t size = sizeof from;
                ::getpeername(socket.native_handle(), reinterpret_cast<sockaddr*>(&from), &size);
                const std::string address = ::inet_ntoa(from.sin_addr);
                if (address == "127.0.0.9") return Error{.code = ErrorCode::unauthorized, .message = "Not you."};
                return SessionSetup{.handler = [](std::string_view message, std::size_t, const auto& reply,
                                                  const auto&) { reply(message); },
                                    .check_token = [](std::string_view given) -> Result<void> {
                                        if (given == "right") return {};
                                        return Error{.code = ErrorCode::unauthorized, .message = "Wrong."};
                                    },
                                    .needs_token = true,
                                    .address = address};
            },
            std::make_shared<Complaints>([this](std::string_view line) { told_.emplace_back(line); }));
    }

    UniqueFd connect(const char* from) {
        UniqueFd fd(::socket(AF_INET, SOCK_STREAM, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        ::inet_pton(AF_INET, from, &address.sin_addr);
        EXPECT_EQ(::bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        address.sin_port = htons(port_);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        ::fcntl(fd.get(), F_SETFL, O_NONBLOCK);
        loop_.restart();
        loop_.poll();
        return fd;
    }

    std::string ask(const UniqueFd& fd, std::string_view text) {
        ::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
        std::string answer;
        loop_until(loop_, [&] {
            char chunk[4096];
            const auto size = ::recv(fd.get(), chunk, sizeof chunk, 0);
            if (size > 0) answer.append(chunk, static_cast<std::size_t>(size));
            return size == 0 || answer.ends_with('\n') || (size < 0 && errno != EAGAIN);
        });
        return answer;
    }

    boost::asio::io_context loop_{1};
    std::uint16_t port_ = 0;
    std::optional<StreamServer> server_;
    std::vector<std::string> told_;
};

TEST_F(StrangersTest, OneAddressLocksNobodyOut) {
    open(1000);
    const auto first = connect("127.0.0.2");
    EXPECT_THAT(ask(first, "AUTH:right\n"), HasSubstr("success"));
    std::vector<UniqueFd> flood;
    for (int i = 0; i < 1100; ++i) flood.push_back(connect("127.0.0.2"));
    EXPECT_LE(server_->connections(), StreamServer::most_unauthenticated + 1);
    EXPECT_EQ(ask(first, "one\n"), "one\n") << "who showed the token stays";
    const auto other = connect("127.0.0.3");
    EXPECT_THAT(ask(other, "AUTH:right\n"), HasSubstr("success"));
    EXPECT_EQ(ask(other, "two\n"), "two\n");
    const auto same = connect("127.0.0.2");
    EXPECT_THAT(ask(same, "AUTH:right\n"), HasSubstr("success")) << "the newest of an address gets its turn";
    EXPECT_THAT(told_, testing::ElementsAre(HasSubstr("have not shown the token")));
}

TEST_F(StrangersTest, ManyAddressesLockNobodyOutEither) {
    open(64);
    std::vector<UniqueFd> flood;
    for (int i = 0; i < 300; ++i) flood.push_back(connect(("127.0.1." + std::to_string(1 + i % 200)).c_str()));
    EXPECT_EQ(server_->connections(), 64U);
    const auto person = connect("127.0.0.3");
    EXPECT_THAT(ask(person, "AUTH:right\n"), HasSubstr("success"));
    for (int i = 0; i < 100; ++i) flood.push_back(connect(("127.0.2." + std::to_string(1 + i)).c_str()));
    EXPECT_EQ(ask(person, "here\n"), "here\n");
    EXPECT_THAT(told_, Contains(HasSubstr("all 64 connections are taken")));
}

TEST_F(StrangersTest, WhoIsRefusedTakesNoPlace) {
    open(8);
    std::vector<UniqueFd> flood;
    for (int i = 0; i < 200; ++i) flood.push_back(connect("127.0.0.9"));
    EXPECT_EQ(server_->connections(), 0U);
    EXPECT_THAT(ask(flood[0], ""), HasSubstr("UNAUTHORIZED"));
    EXPECT_EQ(ask(flood[199], ""), "") << "there is an end to telling why";
    const auto person = connect("127.0.0.3");
    EXPECT_THAT(ask(person, "AUTH:right\n"), HasSubstr("success"));
}

}  // namespace
}  // namespace doze::server
