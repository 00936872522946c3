#include "server/stream/unix_server.hpp"

#include <fstream>
#include <gmock/gmock.h>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <vector>

#include "base/handle.hpp"
#include "unit/server/loop_until.hpp"

namespace doze::server {
namespace {

using testing::HasSubstr;

UniqueFd connect_to(const std::filesystem::path& path) {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
    return fd;
}

class UnixServerTest : public testing::Test {
   protected:
    using Reply = protocol::Dispatcher::SendReply;

    UnixServerTest() {
        std::string name = testing::TempDir() + "doze-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        path_ = folder_ / "doze.sock";
    }
    ~UnixServerTest() override { std::filesystem::remove_all(folder_); }

    void open(Handler handler) {
        open_with_events(
            [handler = std::move(handler)](std::string_view message, std::size_t max_reply, Reply reply, const auto&) {
                handler(message, max_reply, std::move(reply));
            });
    }
    void open_with_events(ConnectionHandler handler) {
        server_ = UnixServer::open(loop_, path_, std::move(handler)).value();
        client_ = connect_to(path_);
        ASSERT_TRUE(client_);
    }

    void send(std::string_view text) {
        // Runs the loop as well: a socket takes only so much at once.
        loop_until(loop_, [&] {
            const auto sent = ::send(client_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent > 0) text.remove_prefix(static_cast<std::size_t>(sent));
            return text.empty() || (sent < 0 && errno != EAGAIN);
        });
    }

    /// The next line, with its end; none at the end of the connection.
    std::optional<std::string> line() {
        bool done = received_.find('\n') != std::string::npos;
        loop_until(loop_, [&] {
            while (!done) {
                char chunk[65'536];
                const auto size = ::recv(client_.get(), chunk, sizeof chunk, 0);
                if (size < 0 && errno == EAGAIN) return false;
                const std::string_view text(chunk, size > 0 ? static_cast<std::size_t>(size) : 0);
                received_ += text;
                done = text.empty() || text.find('\n') != std::string_view::npos;
            }
            return true;
        });
        const auto end = received_.find('\n');
        if (end == std::string::npos) return std::nullopt;
        auto first = received_.substr(0, end + 1);
        received_.erase(0, end + 1);
        return first;
    }

    static void echo(std::string_view message, std::size_t, const Reply& reply) { reply(message); }
    static void silent(std::string_view, std::size_t, const Reply&, const std::weak_ptr<commands::EventSink>&) {}

    boost::asio::io_context loop_{1};
    std::filesystem::path folder_;
    std::filesystem::path path_;
    std::unique_ptr<UnixServer> server_;
    UniqueFd client_;
    std::string received_;
};

TEST_F(UnixServerTest, AnswersEachLine) {
    open(echo);
    send("one\n\n  \r\ntwo\nth");
    EXPECT_EQ(line(), "one\n");
    EXPECT_EQ(line(), "two\n");
    send("ree\n");
    EXPECT_EQ(line(), "three\n");
}

TEST_F(UnixServerTest, TakesTheLastCommandWithoutALineEndAndStillAnswersLate) {
    std::vector<Reply> out;
    open([&](std::string_view message, std::size_t, Reply reply) {
        EXPECT_EQ(message, "last");
        out.push_back(std::move(reply));
    });
    send("last");
    ::shutdown(client_.get(), SHUT_WR);
    ASSERT_TRUE(loop_until(loop_, [&] { return out.size() == 1; }));
    out.front()("answer");
    EXPECT_EQ(line(), "answer\n");
    out.clear();
    EXPECT_EQ(line(), std::nullopt);
}

TEST_F(UnixServerTest, SendsRepliesAsTheyCome) {
    std::vector<Reply> out;
    open([&](std::string_view, std::size_t, Reply reply) { out.push_back(std::move(reply)); });
    send("slow\nquick\n");
    ASSERT_TRUE(loop_until(loop_, [&] { return out.size() == 2; }));
    out[1]("quick");
    out[0]("slow");
    EXPECT_EQ(line(), "quick\n");
    EXPECT_EQ(line(), "slow\n");
}

TEST_F(UnixServerTest, EndsAfterALineThatIsTooLong) {
    open(echo);
    send(std::string(Framer::longest + 10'000, 'x'));
    const auto refusal = line();
    ASSERT_TRUE(refusal);
    EXPECT_THAT(*refusal, HasSubstr("TOO_LARGE"));
    EXPECT_EQ(line(), std::nullopt);
}

TEST_F(UnixServerTest, CutsOffAClientThatDoesNotRead) {
    std::vector<Reply> out;
    open([&](std::string_view, std::size_t, Reply reply) { out.push_back(std::move(reply)); });
    send("a\nb\nc\n");
    ASSERT_TRUE(loop_until(loop_, [&] { return out.size() == 3; }));
    for (const auto& reply : std::exchange(out, {})) reply(std::string(most_unsent / 2, 'x'));
    ASSERT_TRUE(loop_until(loop_, [&] { return ::send(client_.get(), "d\n", 2, MSG_NOSIGNAL) < 0 && errno == EPIPE; }));
}

TEST_F(UnixServerTest, TakesNoMoreCommandsWhileTheirRepliesAreNotRead) {
    int taken = 0;
    open([&](std::string_view, std::size_t, const Reply& reply) {
        ++taken;
        reply(std::string(100'000, 'x'));
    });
    constexpr int sent = 1000;
    std::string commands;
    for (int i = 0; i < sent; ++i) commands += "a\n";
    send(commands);
    auto slow = std::exchange(client_, connect_to(path_));
    send("other\n");
    EXPECT_TRUE(line());
    EXPECT_LT(taken, 100);
    client_ = std::move(slow);
    for (int i = 0; i < sent; ++i) ASSERT_TRUE(line());
    EXPECT_EQ(taken, sent + 1);
}

TEST_F(UnixServerTest, CarriesOneReplyOfTheLargestSize) {
    open([](std::string_view, std::size_t max_reply, const Reply& reply) { reply(std::string(max_reply, 'x')); });
    send("a\n");
    EXPECT_EQ(line().value_or("").size(), most_unsent);
    send("a\n");
    EXPECT_EQ(line().value_or("").size(), most_unsent);
}

TEST_F(UnixServerTest, TurnsAwayMoreConnectionsThanItsBound) {
    open(echo);
    std::vector<UniqueFd> others;
    while (others.size() < UnixServer::most_connections - 1) others.push_back(connect_to(path_));
    send("in\n");
    EXPECT_EQ(line(), "in\n");
    std::swap(client_, others.emplace_back(connect_to(path_)));
    const auto refusal = line();
    ASSERT_TRUE(refusal);
    EXPECT_THAT(*refusal, HasSubstr("RATE_LIMITED"));
    EXPECT_EQ(line(), std::nullopt);

    others.clear();
    client_ = connect_to(path_);
    send("room again\n");
    EXPECT_EQ(line(), "room again\n");
}

TEST_F(UnixServerTest, BelongsToItsUserAlone) {
    open(echo);
    struct stat status {};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    if (::geteuid() != 0) GTEST_SKIP() << "only root can play another user";
    ::chmod(path_.c_str(), 0666);
    ::chmod(folder_.c_str(), 0755);
    const auto child = ::fork();
    if (child == 0) {
        if (::setuid(65'534) != 0) ::_exit(1);
        const auto fd = connect_to(path_);
        char answer[512] = {};
        // The parent runs the server meanwhile.
        while (::recv(fd.get(), answer, sizeof answer - 1, 0) < 0 && errno == EAGAIN) {
        }
        ::_exit(std::string_view(answer).find("UNAUTHORIZED") == std::string_view::npos ? 2 : 0);
    }
    int result = -1;
    ASSERT_TRUE(loop_until(loop_, [&] { return ::waitpid(child, &result, WNOHANG) == child; }));
    EXPECT_EQ(result, 0);
}

TEST_F(UnixServerTest, ReplacesASocketThatNobodyAnswers) {
    {
        const UniqueFd dead(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.native().copy(address.sun_path, sizeof address.sun_path - 1);
        ASSERT_EQ(::bind(dead.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    open(echo);
    send("new\n");
    EXPECT_EQ(line(), "new\n");
}

TEST_F(UnixServerTest, LeavesWhatBelongsToOthersInPlace) {
    open(echo);
    EXPECT_THAT(UnixServer::open(loop_, path_, silent).error().message, HasSubstr("another doze answers"));
    send("first one still here\n");
    EXPECT_EQ(line(), "first one still here\n");

    const auto file = folder_ / "file";
    std::ofstream(file) << "precious";
    EXPECT_THAT(UnixServer::open(loop_, file, silent).error().message, HasSubstr("another kind"));
    EXPECT_TRUE(std::filesystem::is_regular_file(file));
}

TEST_F(UnixServerTest, SaysWhatIsWrongWithThePath) {
    const auto too_long = UnixServer::open(loop_, folder_ / std::string(100, 'x') / "doze.sock", silent);
    ASSERT_FALSE(too_long.has_value());
    EXPECT_THAT(too_long.error().message, HasSubstr("at most 107"));
    EXPECT_THAT(too_long.error().next_step, HasSubstr("--state-dir"));
    const auto missing = UnixServer::open(loop_, folder_ / "missing" / "doze.sock", silent);
    ASSERT_FALSE(missing.has_value());
    EXPECT_THAT(missing.error().message, HasSubstr("No such file or directory"));
}

TEST_F(UnixServerTest, CarriesEventsBesideReplies) {
    std::weak_ptr<commands::EventSink> connection;
    open_with_events([&](std::string_view message, std::size_t, const Reply& reply, const auto& listener) {
        connection = listener;
        reply(message);
    });
    send("hello\n");
    EXPECT_EQ(line(), "hello\n");
    connection.lock()->hear("event 1");
    connection.lock()->hear("event 2");
    EXPECT_EQ(line(), "event 1\n");
    EXPECT_EQ(line(), "event 2\n");
    send("more\n");
    EXPECT_EQ(line(), "more\n");
    connection.lock()->hear("event 3");
    EXPECT_EQ(line(), "event 3\n");
    client_.reset();
    EXPECT_TRUE(loop_until(loop_, [&] { return connection.expired(); }));
}

TEST_F(UnixServerTest, TellsAClientThatReadsTooSlowlyHowManyEventsItLost) {
    std::weak_ptr<commands::EventSink> connection;
    open_with_events([&](std::string_view message, std::size_t, const Reply& reply, const auto& listener) {
        if (message == "EVENTS") connection = listener;
        reply(message);
    });
    send("EVENTS\n");
    EXPECT_EQ(line(), "EVENTS\n");
    constexpr int told = 5000;
    const std::string padding(200, '.');
    for (int i = 0; i < told; ++i) {
        connection.lock()->hear(std::to_string(i) + padding);
        loop_.restart();
        loop_.poll();
    }
    // Others are served meanwhile, and the slow one gets its replies.
    auto slow = std::exchange(client_, connect_to(path_));
    send("other\n");
    EXPECT_EQ(line(), "other\n");
    client_ = std::move(slow);
    send("still here\n");

    int heard = 0;
    int lost = 0;
    int newest = -1;
    bool answered = false;
    while (newest < told - 1) {
        const auto next = line();
        ASSERT_TRUE(next);
        if (*next == "still here\n") {
            answered = true;
        } else if (next->find("EVENTS_LOST") != std::string::npos) {
            lost += std::stoi(next->substr(next->find("\"count\":") + 8));
        } else {
            ++heard;
            EXPECT_GT(std::stoi(*next), newest);
            newest = std::stoi(*next);
        }
    }
    EXPECT_TRUE(answered);
    EXPECT_GT(lost, 0);
    EXPECT_EQ(heard + lost, told);
}

TEST_F(UnixServerTest, EndsWithRepliesStillOut) {
    std::vector<Reply> out;
    open([&](std::string_view, std::size_t, Reply reply) { out.push_back(std::move(reply)); });
    send("start\n");
    ASSERT_TRUE(loop_until(loop_, [&] { return out.size() == 1; }));
    server_.reset();
    out.front()("too late");
    EXPECT_EQ(line(), std::nullopt);
    EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(UnixServerTest, MayBeEndedByACommand) {
    open([&](std::string_view, std::size_t, const Reply&) { server_.reset(); });
    send("quit\nquit again\n");
    EXPECT_EQ(line(), std::nullopt);
}

}  // namespace
}  // namespace doze::server
