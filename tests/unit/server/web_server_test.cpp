#include "server/http/web_server.hpp"

#include <gmock/gmock.h>
#include <string>
#include <utility>
#include <vector>

#include "server/http/http_session.hpp"
#include "unit/server/web_client.hpp"

namespace doze::server {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class WebServerTest : public testing::Test {
   protected:
    using Answer = std::function<void(rest::WebReply)>;

    void open(WebTimeouts timeouts = {}, rest::WebHandler requests = {}) {
        server_ =
            WebServer::open(
                loop_, {.address = {.port = 0}, .allowed_origins = {"http://friend.example"}, .timeouts = timeouts},
                {.commands = {}, .greeter = {}, .routes = everywhere(requests)},
                [this](std::string_view line) { warnings_.emplace_back(line); })
                .value();
    }

    /// Answers with the body, or at least the path.
    void open_echo(WebTimeouts timeouts = {}) {
        open(timeouts, [](const rest::WebRequest& request, const Answer& reply, const auto&) {
            std::string text = request.method;
            for (const auto& part : request.path) text += " " + part;
            for (const auto& [name, value] : request.query) text.append(" ").append(name).append("=").append(value);
            reply({.body = text + " " + request.body});
        });
    }

    [[nodiscard]] WebClient connect() { return {loop_, server_->port()}; }

    /// The one reply to a request.
    std::string ask(std::string_view first_line, std::string_view headers = {}, std::string_view body = {}) {
        auto client = connect();
        client.request(first_line, headers, body);
        return client.reply();
    }

    boost::asio::io_context loop_{1};
    std::unique_ptr<WebServer> server_;
    std::vector<std::string> warnings_;
};

TEST_F(WebServerTest, HandsRequestsOverAndAnswersThem) {
    open_echo();
    auto client = connect();
    client.request("POST /api/a%2Fb/c?d=e%20f", "Content-Length: 4\r\nContent-Type: text/plain\r\n", "body");
    const auto reply = client.reply();
    EXPECT_THAT(reply, StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_THAT(reply, HasSubstr("X-Content-Type-Options: nosniff\r\n"));
    EXPECT_THAT(reply, HasSubstr("Cross-Origin-Opener-Policy: same-origin\r\n"));
    EXPECT_THAT(reply, testing::EndsWith("\r\n\r\nPOST api a/b c d=e f body"));
    client.request("HEAD /next");
    const auto head = client.until("\r\n\r\n");
    EXPECT_THAT(head, HasSubstr("Content-Length: 9\r\n"));
    client.request("DELETE /last", "Connection: close\r\n");
    EXPECT_THAT(client.reply(), testing::EndsWith("DELETE last "));
    EXPECT_EQ(client.rest(), "");
    client.close();
    EXPECT_TRUE(loop_until(loop_, [&] { return server_->connections() == 0; }));
}

TEST_F(WebServerTest, AnswersRequestsInTheirOrder) {
    std::vector<Answer> waiting;
    open({}, [&](const rest::WebRequest&, Answer reply, const auto&) { waiting.push_back(std::move(reply)); });
    auto client = connect();
    client.request("GET /one");
    client.request("GET /two");
    ASSERT_TRUE(loop_until(loop_, [&] { return waiting.size() == 1; }));
    waiting[0]({.body = "first"});
    waiting[0]({.body = "again"});
    EXPECT_THAT(client.reply(), testing::EndsWith("\r\n\r\nfirst"));
    ASSERT_TRUE(loop_until(loop_, [&] { return waiting.size() == 2; }));
    waiting[0]({.body = "late"});
    waiting[1]({.body = "second"});
    EXPECT_THAT(client.reply(), testing::EndsWith("\r\n\r\nsecond"));
}

TEST_F(WebServerTest, AnswersMayBeDroppedOrComeTooLate) {
    std::vector<Answer> waiting;
    open({}, [&](const rest::WebRequest&, Answer reply, const auto&) { waiting.push_back(std::move(reply)); });
    auto one = connect();
    one.request("GET /one");
    auto two = connect();
    two.request("GET /two");
    ASSERT_TRUE(loop_until(loop_, [&] { return waiting.size() == 2; }));
    waiting.pop_back();
    server_.reset();
    waiting[0]({.body = "too late"});
    EXPECT_EQ(one.rest(), "");
    EXPECT_EQ(two.rest(), "");
}

TEST_F(WebServerTest, TheGateIsBeforeEverything) {
    open_echo();
    const auto port = std::to_string(server_->port());
    const auto raw = [&](std::string_view request) {
        auto client = connect();
        client.send(request);
        return client.rest().value_or("open");
    };
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET / HTTP/1.1\r\nHost: localhost:" + port + "\r\nHost: evil\r\n\r\n"),
                StartsWith("HTTP/1.1 400"));
    EXPECT_THAT(raw("GET http://evil/ HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n"), StartsWith("HTTP/1.1 400"));
    const auto foreign = ask("POST /x", "Origin: http://evil.example\r\nContent-Length: 3\r\n");
    EXPECT_THAT(foreign, StartsWith("HTTP/1.1 403"));
    EXPECT_THAT(foreign, HasSubstr(R"("error":"UNAUTHORIZED")"));
    EXPECT_THAT(foreign, Not(HasSubstr("Access-Control")));
    EXPECT_THAT(ask("GET /x", "Origin: null\r\n"), StartsWith("HTTP/1.1 403"));
    const auto allowed = ask("GET /x", "Origin: http://friend.example\r\n");
    EXPECT_THAT(allowed, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(allowed, HasSubstr("Access-Control-Allow-Origin: http://friend.example\r\n"));
}

TEST_F(WebServerTest, TellsOnceWhichSettingLetsAPageIn) {
    open_echo();
    for (int i = 0; i < 3; ++i) {
        ask("GET /x", "Origin: http://evil.example\r\n");
        ask("GET /x", "Origin: null\r\n");
    }
    EXPECT_THAT(warnings_,
                testing::ElementsAre(testing::AllOf(HasSubstr("evil.example"), HasSubstr("web.allowed_origins")),
                                     HasSubstr("null")));
    for (int i = 0; i < 100; ++i) ask("GET /x", "Origin: http://" + std::to_string(i) + ".example\r\n");
    EXPECT_LT(warnings_.size(), 40U) << "who has many names fills no log";
}

TEST_F(WebServerTest, WorksForNoPageThatHides) {
    open_echo();
    for (const auto* site : {"cross-site", "same-site"}) {
        const auto from = "Sec-Fetch-Site: " + std::string(site) + "\r\nSec-Fetch-Mode: ";
        EXPECT_THAT(ask("GET /x", from + "no-cors\r\n"), StartsWith("HTTP/1.1 403"));
        EXPECT_THAT(ask("GET /x", from + "navigate\r\n"), StartsWith("HTTP/1.1 403"));
        EXPECT_THAT(ask("GET /", from + "no-cors\r\n"), StartsWith("HTTP/1.1 403"));
        EXPECT_THAT(ask("GET /", from + "navigate\r\n"), StartsWith("HTTP/1.1 200")) << "a link to the page";
        EXPECT_THAT(ask("GET /x", from + "cors\r\nOrigin: http://friend.example\r\n"), StartsWith("HTTP/1.1 200"));
    }
    EXPECT_THAT(ask("GET /x", "Sec-Fetch-Site: same-origin\r\n"), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(ask("GET /x", "Sec-Fetch-Site: none\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebServerTest, ABegunRequestHoldsNoPlace) {
    open_echo();
    std::vector<WebClient> clients;
    while (server_->connections() == clients.size() && clients.size() <= WebServer::most_connections) {
        clients.push_back(connect());
        clients.back().send("GET / HTTP/1.1\r\nX: ");
        loop_.restart();
        loop_.poll();
    }
    auto person = connect();
    person.request("GET /x");
    EXPECT_THAT(person.reply(), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebServerTest, AnswersPreflights) {
    open_echo();
    const auto allowed = ask("OPTIONS /x", "Origin: http://friend.example\r\nAccess-Control-Request-Method: PUT\r\n");
    EXPECT_THAT(allowed, StartsWith("HTTP/1.1 204"));
    EXPECT_THAT(allowed, HasSubstr("Access-Control-Allow-Methods: GET, POST, PUT"));
    EXPECT_THAT(allowed, HasSubstr("Access-Control-Allow-Origin: http://friend.example\r\n"));
    EXPECT_THAT(ask("OPTIONS /x", "Origin: http://evil.example\r\n"), StartsWith("HTTP/1.1 403"));
}

TEST_F(WebServerTest, HasAPageAndAHealth) {
    open();
    const auto page = ask("GET /", "Accept-Language: ko\r\n");
    EXPECT_THAT(page, HasSubstr("Content-Type: text/html; charset=utf-8\r\n"));
    EXPECT_THAT(page, HasSubstr("Content-Language: ko\r\n"));
    EXPECT_THAT(page, HasSubstr("default-src 'none'"));
    EXPECT_THAT(page, HasSubstr("<title>doze</title>"));
    const auto script = ask("GET /app.js");
    EXPECT_THAT(script, HasSubstr("Content-Type: text/javascript; charset=utf-8\r\n"));
    EXPECT_THAT(script, HasSubstr("Cache-Control: no-cache\r\n"));
    EXPECT_THAT(script, Not(HasSubstr("no-store")));
    const auto tag = script.substr(script.find("ETag: ") + 6, 18);
    const auto known = ask("GET /app.js", "If-None-Match: " + tag + "\r\n");
    EXPECT_THAT(known, StartsWith("HTTP/1.1 304 Not Modified\r\n"));
    EXPECT_THAT(known, testing::EndsWith("\r\n\r\n")) << "without a body";
    EXPECT_THAT(known, Not(HasSubstr("Content-Length")));
    EXPECT_THAT(ask("GET /healthz"), testing::EndsWith(R"({"status":"ok"})"));
    EXPECT_THAT(ask("GET /ws"), StartsWith("HTTP/1.1 426"));
    EXPECT_THAT(ask("POST /"), HasSubstr("Allow: GET, HEAD, OPTIONS\r\n"));
    EXPECT_THAT(ask("GET /nothing"), StartsWith("HTTP/1.1 404"));
}

TEST_F(WebServerTest, RefusesWhatIsTooLargeOrNoHttp) {
    open_echo();
    const std::string long_header = "X: " + std::string(HttpSession::longest_head, 'x') + "\r\n";
    EXPECT_THAT(ask("GET /", long_header), StartsWith("HTTP/1.1 431"));
    EXPECT_THAT(ask("POST /x", "Content-Length: 65537\r\n", std::string(65537, 'x')), StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(ask("POST /x", "Content-Length: 65536\r\n", std::string(65536, 'x')), StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(
        ask("POST /x", "Transfer-Encoding: chunked\r\n", "10001\r\n" + std::string(65537, 'x') + "\r\n0\r\n\r\n"),
        StartsWith("HTTP/1.1 413"));
    EXPECT_THAT(ask("POST /x", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n"),
                testing::EndsWith("POST x abcd"));
    EXPECT_THAT(ask("POST /x", "Transfer-Encoding: chunked\r\n", "1;" + std::string(20'000, 'x')),
                StartsWith("HTTP/1.1 431"));
    auto client = connect();
    client.send("STATUS\n\n\n\n\r\n\r\n");
    EXPECT_THAT(client.rest().value_or(""), StartsWith("HTTP/1.1 400"));
}

TEST_F(WebServerTest, EndsRequestsThatAreNeverFinished) {
    open_echo({.for_request = std::chrono::milliseconds(500)});
    auto silent = connect();
    auto slow = connect();
    slow.send("GET / HTTP/1.1\r\nHo");
    auto slow_body = connect();
    slow_body.request("POST /x", "Content-Length: 3\r\n", "a");
    EXPECT_EQ(silent.rest(), "");
    EXPECT_THAT(slow.rest().value_or(""), StartsWith("HTTP/1.1 408"));
    EXPECT_THAT(slow_body.rest().value_or(""), StartsWith("HTTP/1.1 408"));
}

TEST_F(WebServerTest, EndsConnectionsThatRestTooLong) {
    open_echo({.between_requests = std::chrono::milliseconds(500)});
    auto client = connect();
    client.request("GET /x");
    EXPECT_THAT(client.reply(), StartsWith("HTTP/1.1 200"));
    EXPECT_EQ(client.rest(), "");
}

TEST_F(WebServerTest, AnAnswerMayTakeLongerThanARequest) {
    std::vector<Answer> waiting;
    open({.for_request = std::chrono::seconds(1)},
         [&](const rest::WebRequest&, Answer reply, const auto&) { waiting.push_back(std::move(reply)); });
    auto client = connect();
    for (int request = 0; request < 2; ++request) {
        client.request("GET /x");
        ASSERT_TRUE(loop_until(loop_, [&] { return waiting.size() == 1; }));
        loop_.restart();
        loop_.run_for(std::chrono::milliseconds(1200));
        waiting.front()({.body = "late"});
        waiting.clear();
        EXPECT_THAT(client.reply(), testing::EndsWith("late"));
    }
    client.send("GET /x HTTP/1.1\r\nHo");
    EXPECT_THAT(client.rest().value_or(""), StartsWith("HTTP/1.1 408"));
}

TEST_F(WebServerTest, EndsConnectionsWhoseRepliesAreNotRead) {
    open({.for_reply = std::chrono::milliseconds(500)}, [](const rest::WebRequest&, const Answer& reply, const auto&) {
        reply({.body = std::string(32 << 20, 'x')});
    });
    auto client = connect();
    client.request("GET /x");
    ASSERT_TRUE(loop_until(loop_, [&] { return server_->connections() == 1; }));
    EXPECT_TRUE(loop_until(loop_, [&] { return server_->connections() == 0; }));
}

TEST_F(WebServerTest, ARefusedClientMaySendOnAndStillReadsWhy) {
    open_echo();
    auto client = connect();
    client.request("POST /x", "Content-Length: 1000000\r\n");
    client.send(std::string(1'000'000, 'x'));
    EXPECT_THAT(client.reply(), StartsWith("HTTP/1.1 413"));
}

TEST_F(WebServerTest, AReplyMayStayOpenAndCarryEvents) {
    std::weak_ptr<commands::EventSink> listener;
    open({}, [&](const rest::WebRequest& request, const Answer& reply, std::weak_ptr<commands::EventSink> connection) {
        listener = std::move(connection);
        listener.lock()->hear("{\"early\":1}");
        const bool opens = request.path[0] == "events";
        reply({.content_type = opens ? "text/event-stream" : "application/json",
               .body = opens ? ": hello\n\n" : "",
               .stays_open = opens});
    });
    auto client = connect();
    client.request("GET /other");
    EXPECT_THAT(client.reply(), HasSubstr("Content-Length: 0\r\n"));
    client.request("GET /events");
    const auto head = client.until("\r\n\r\n");
    EXPECT_THAT(head, HasSubstr("Content-Type: text/event-stream\r\n"));
    EXPECT_THAT(head, Not(HasSubstr("Content-Length")));
    EXPECT_EQ(client.until("1}\n\n"), ": hello\n\ndata: {\"early\":1}\n\n");
    listener.lock()->hear("{\"late\":2}");
    EXPECT_EQ(client.until("\n\n"), "data: {\"late\":2}\n\n");
    client.close();
    EXPECT_TRUE(loop_until(loop_, [&] { return listener.expired(); }));
    EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(WebServerTest, TheOldestIdleConnectionMakesRoom) {
    open_echo();
    std::vector<WebClient> clients;
    clients.push_back(connect());
    clients.back().request("GET /x");
    clients.back().reply();  // Idle from here on.
    // As many as this process may have; or as the kernel keeps waiting, if the server took none.
    while (server_->connections() == clients.size() && clients.size() <= WebServer::most_connections) {
        clients.push_back(connect());
        loop_.restart();
        loop_.poll();
    }
    EXPECT_EQ(clients.front().rest(), "");
    clients.back().request("GET /x");
    EXPECT_THAT(clients.back().reply(), StartsWith("HTTP/1.1 200"));
}

TEST_F(WebServerTest, SaysWhyItCannotListen) {
    open();
    const auto again = WebServer::open(loop_, {.address = {.port = server_->port()}}, {});
    ASSERT_FALSE(again);
    EXPECT_THAT(again.error().text(), HasSubstr("web.port"));
    EXPECT_FALSE(WebServer::open(loop_, {.address = {.ip = "0.0.0.0", .port = 0}}, {}));
}

}  // namespace
}  // namespace doze::server
