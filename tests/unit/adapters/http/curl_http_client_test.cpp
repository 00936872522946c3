#include "adapters/http/curl_http_client.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <optional>

#include "responder.hpp"

namespace doze::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::Contains;
using testing::HasSubstr;
using testing::Pair;
using Answer = Result<ports::HttpResponse>;

class CurlHttpClientTest : public testing::Test {
   protected:
    void open(HttpLimits limits = {}) { client_ = *CurlHttpClient::open(io_.get_executor(), limits); }

    /// Sends, and puts the answer into its place when it comes.
    void send_later(ports::HttpRequest request, std::optional<Answer>& answer) {
        asio::co_spawn(
            io_,
            [this, request = std::move(request), &answer]() mutable -> asio::awaitable<void> {
                answer = co_await client_->send(std::move(request));
            },
            asio::detached);
    }

    Answer send(ports::HttpRequest request) {
        std::optional<Answer> answer;
        send_later(std::move(request), answer);
        run_until([&] { return answer.has_value(); });
        return *answer;
    }

    Answer get(const std::string& path) { return send({.url = responder_.url(path)}); }

    template <class Condition>
    void run_until(Condition condition) {
        while (!condition()) io_.run_one();
    }

    asio::io_context io_{1};
    Responder responder_{io_};
    std::unique_ptr<CurlHttpClient> client_ = *CurlHttpClient::open(io_.get_executor());
};

TEST_F(CurlHttpClientTest, ForgetsTheHeadersOfAnAnswerThatWasNotTheLast) {
    const Answer answer = get("/early");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(answer->header("x-early"), "");
    EXPECT_EQ(answer->header("x-amz-retry-after"), "");
    EXPECT_EQ(answer->header("x-request-id"), "Abc");
}

TEST_F(CurlHttpClientTest, BringsStatusHeadersInLowerCaseAndBody) {
    const Answer answer = get("/");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_THAT(answer->headers, Contains(Pair("x-request-id", "Abc")));
    EXPECT_EQ(answer->body, "hello");
}

TEST_F(CurlHttpClientTest, SendsMethodTargetHeadersAndBodyAsTheyAre) {
    ASSERT_TRUE(send({.method = "POST",
                      .url = responder_.url("/a/../b%20c%2F?x=1&y=%3D"),
                      .headers = {{"X-Amz-Target", "Some.Thing"}, {"X-Empty", ""}},
                      .body = std::string("nul\0byte", 8)}));
    const auto& seen = responder_.requests.at(0);
    EXPECT_EQ(seen.method_string(), "POST");
    EXPECT_EQ(seen.target(), "/a/../b%20c%2F?x=1&y=%3D");
    EXPECT_EQ(seen["x-amz-target"], "Some.Thing");
    EXPECT_EQ(seen.count("x-empty"), 1U);
    EXPECT_EQ(seen.count("content-type"), 0U);
    EXPECT_EQ(seen.count("expect"), 0U);
    EXPECT_EQ(seen.body(), std::string("nul\0byte", 8));
}

TEST_F(CurlHttpClientTest, SendsEveryMethodWithAndWithoutABody) {
    for (const std::string method : {"GET", "POST", "PUT", "DELETE", "PATCH"}) {
        for (const std::string body : {"", "{}"}) {
            responder_.requests.clear();
            ASSERT_TRUE(send({.method = method, .url = responder_.url("/echo"), .body = body}));
            EXPECT_EQ(responder_.requests.at(0).method_string(), method);
            EXPECT_EQ(responder_.requests.at(0).body(), body) << method;
        }
    }
}

TEST_F(CurlHttpClientTest, SendsABodyOfTwoMegabytes) {
    const std::string body(2 << 20, 'b');
    const Answer answer = send({.method = "POST", .url = responder_.url("/echo"), .body = body});
    ASSERT_TRUE(answer);
    EXPECT_TRUE(answer->body == body);
}

TEST_F(CurlHttpClientTest, TakesA404AsAnAnswer) {
    const Answer answer = get("/missing");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->status, 404);
    EXPECT_EQ(answer->body, "no such thing");
}

TEST_F(CurlHttpClientTest, FollowsNoRedirect) {
    EXPECT_EQ(get("/moved")->status, 301);
    EXPECT_EQ(responder_.requests.size(), 1U);
}

TEST_F(CurlHttpClientTest, JoinsAChunkedBody) {
    EXPECT_EQ(get("/chunks")->body, "abc");
}

TEST_F(CurlHttpClientTest, UsesOneConnectionForManyRequests) {
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(get("/"));
    EXPECT_EQ(responder_.requests.size(), 20U);
    EXPECT_EQ(responder_.connections, 1);
}

TEST_F(CurlHttpClientTest, TellsThatARequestWentOutTwice) {
    for (const std::string body : {"", "{}"}) {
        responder_.requests.clear();
        open();
        EXPECT_FALSE(get("/")->repeated);
        const Answer answer = send({.method = "POST", .url = responder_.url("/fresh"), .body = body});
        ASSERT_TRUE(answer) << answer.error().message;
        EXPECT_EQ(responder_.requests.size(), 3U);
        EXPECT_TRUE(answer->repeated);
        EXPECT_FALSE(get("/")->repeated);
    }
}

TEST_F(CurlHttpClientTest, SendsTheContentTypeThatItIsGiven) {
    for (const std::string name : {"Content-Type", "content-type"}) {
        ASSERT_TRUE(send({.method = "POST", .url = responder_.url("/"), .headers = {{name, "text/x"}}, .body = "b"}));
        EXPECT_EQ(responder_.requests.back()["content-type"], "text/x") << name;
        EXPECT_EQ(responder_.requests.back().count("content-type"), 1U) << name;
    }
}

TEST_F(CurlHttpClientTest, ServesAHundredRequestsAtOnceOverTenConnections) {
    std::map<int, std::optional<Answer>> answers;
    for (int i = 0; i < 100; ++i) {
        send_later({.method = "POST", .url = responder_.url("/echo"), .body = std::to_string(i)}, answers[i]);
    }
    run_until([&] { return std::ranges::all_of(answers, [](const auto& entry) { return entry.second.has_value(); }); });
    for (const auto& [i, answer] : answers) EXPECT_EQ((*answer)->body, std::to_string(i));
    EXPECT_LE(responder_.connections, 10);
}

TEST_F(CurlHttpClientTest, SaysThatABodyWasCutShort) {
    const Answer answer = get("/reset");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().recovery, Recovery::retry);
    EXPECT_THAT(answer.error().message, HasSubstr("was cut short"));
}

TEST_F(CurlHttpClientTest, GoesOnAfterAConnectionThatBroke) {
    ASSERT_FALSE(get("/reset"));
    EXPECT_TRUE(get("/"));
}

TEST_F(CurlHttpClientTest, GivesUpOnAServerThatNeverAnswers) {
    const Answer answer = send({.url = responder_.url("/hang"), .total_timeout = 20ms});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().recovery, Recovery::retry);
    EXPECT_THAT(answer.error().message, HasSubstr("did not answer within 0.02 s"));
}

TEST_F(CurlHttpClientTest, SaysThatNothingListens) {
    asio::ip::tcp::acceptor closed(io_, {asio::ip::address_v4::loopback(), 0});
    const std::string port = std::to_string(closed.local_endpoint().port());
    closed.close();
    const Answer answer = send({.url = "http://127.0.0.1:" + port + "/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().recovery, Recovery::retry);
    EXPECT_THAT(answer.error().message, HasSubstr("127.0.0.1:" + port + " refused the connection"));
    EXPECT_NE(answer.error().next_step, "");
}

TEST_F(CurlHttpClientTest, SaysThatThereIsNoSuchHost) {
    // A label of 64 letters is no host name, so no name server needs to be asked.
    const Answer answer = send({.url = "http://" + std::string(64, 'a') + "/"});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().recovery, Recovery::retry);
    EXPECT_THAT(answer.error().message, HasSubstr("There is no host aaa"));
}

TEST_F(CurlHttpClientTest, SaysThatTlsFailed) {
    std::string url = responder_.url("/");
    url.replace(0, 4, "https");
    const Answer answer = send({.url = url});
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().recovery, Recovery::retry);
    EXPECT_THAT(answer.error().message, HasSubstr("No trusted TLS connection to 127.0.0.1:"));
}

TEST_F(CurlHttpClientTest, TrustsTheCertificatesThatAreNamedFirst) {
    std::string url = responder_.url("/");
    url.replace(0, 4, "https");
    const std::vector<const char*> names{"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"};
    for (const auto* name : names) ::setenv(name, (std::string("/missing/") + name).c_str(), 1);
    const auto trusted = [&](const std::string& profiles) { return send({.url = url, .ca_file = profiles}).error(); };
    EXPECT_THAT(trusted("/missing/own").message, HasSubstr("/missing/AWS_CA_BUNDLE (AWS_CA_BUNDLE) can't be read"));
    ::setenv("AWS_CA_BUNDLE", "", 1);  // As if it were not there.
    EXPECT_THAT(trusted("/missing/own").message, HasSubstr("/missing/own (ca_bundle of the profile) can't be read"));
    for (const auto* name : names) {
        if (name != names.front()) {
            EXPECT_THAT(trusted("").message, HasSubstr(std::string("/missing/") + name + " (" + name + ")"));
        }
        ::unsetenv(name);
    }
}

TEST_F(CurlHttpClientTest, RefusesABodyAboveTheLimit) {
    open({.body_bytes = 100'000});
    const Answer answer = get("/large");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::too_large);
    EXPECT_EQ(answer.error().recovery, Recovery::tell);
}

TEST_F(CurlHttpClientTest, TakesPackedAnswers) {
    const Answer answer = get("/gzip");
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(responder_.requests.at(0)["accept-encoding"], "gzip");
    EXPECT_TRUE(answer->body == std::string(1 << 20, 'z'));
}

TEST_F(CurlHttpClientTest, RefusesAPackedBodyThatUnpacksAboveTheLimit) {
    open({.body_bytes = 100'000});
    EXPECT_EQ(get("/gzip").error().code, ErrorCode::too_large);
}

TEST_F(CurlHttpClientTest, TakesABodyOfExactlyTheLimit) {
    open({.body_bytes = 1 << 20});
    EXPECT_EQ(get("/large")->body.size(), std::size_t{1} << 20);
}

TEST_F(CurlHttpClientTest, RefusesHeadersAboveTheLimit) {
    open({.header_bytes = 20});
    EXPECT_EQ(get("/").error().code, ErrorCode::too_large);
    open({.header_bytes = 40});
    EXPECT_EQ(get("/").error().code, ErrorCode::too_large) << "no line is that long, but all are together";
}

TEST_F(CurlHttpClientTest, RefusesWhatIsNoRequest) {
    for (const char* url : {"", "http://", "file:///etc/passwd", "gopher://127.0.0.1/", "http://a b/"}) {
        const Answer answer = send({.url = url});
        ASSERT_FALSE(answer) << url;
        EXPECT_EQ(answer.error().code, ErrorCode::bad_request) << url;
    }
    EXPECT_FALSE(send({.url = responder_.url("/"), .headers = {{"X-A", "b\r\nX-Injected: c"}}}));
    EXPECT_EQ(responder_.requests.size(), 0U);
}

TEST_F(CurlHttpClientTest, EndsRequestsUnderWayWithAnErrorWhenDestroyed) {
    std::optional<Answer> hanging;
    std::optional<Answer> connecting;
    send_later({.url = responder_.url("/hang")}, hanging);
    send_later({.url = responder_.url("/hang")}, connecting);
    run_until([&] { return responder_.requests.size() == 1; });
    client_.reset();
    run_until([&] { return hanging && connecting; });
    EXPECT_FALSE(*hanging);
    EXPECT_FALSE(*connecting);
    EXPECT_THAT(hanging->error().message, HasSubstr("doze is stopping"));
    run_until([&] { return responder_.hung_up >= 1; });
}

TEST_F(CurlHttpClientTest, StopsTheExchangeWhenTheWaitingIsCancelled) {
    asio::cancellation_signal cancel;
    std::optional<Answer> answer;
    asio::co_spawn(
        io_,
        [&]() -> asio::awaitable<void> {
            // Past the cancelled wait, so that the answer can be kept. The request has a name because GCC 12 destroys
            // an aggregate that is written inside a co_await expression twice.
            co_await asio::this_coro::throw_if_cancelled(false);
            ports::HttpRequest request{.url = responder_.url("/hang")};
            answer = co_await client_->send(std::move(request));
        },
        asio::bind_cancellation_slot(cancel.slot(), asio::detached));
    run_until([&] { return responder_.requests.size() == 1; });
    cancel.emit(asio::cancellation_type::terminal);
    run_until([&] { return answer.has_value() && responder_.hung_up == 1; });
    EXPECT_FALSE(*answer);
    EXPECT_TRUE(get("/"));
}

TEST(CurlHttpClient, MayBeDestroyedWithItsLoopWhileARequestHangs) {
    auto io = std::make_unique<asio::io_context>(1);
    auto responder = std::make_unique<Responder>(*io);
    auto client = *CurlHttpClient::open(io->get_executor());
    asio::co_spawn(*io, client->send({.url = responder->url("/hang")}), asio::detached);
    while (responder->requests.empty()) io->run_one();
    responder.reset();
    client.reset();
    io.reset();
}

}  // namespace
}  // namespace doze::http
