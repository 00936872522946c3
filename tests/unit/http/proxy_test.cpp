#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "http/curl_http_client.hpp"
#include "responder.hpp"

namespace doze::http {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using testing::HasSubstr;
using Answer = Result<ports::HttpResponse>;

/// The process's variables about proxies are the test's own while it runs.
class ProxyTest : public testing::Test {
   protected:
    void SetUp() override { clear(); }
    void TearDown() override { clear(); }

    static void clear() {
        for (const char* name : {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY",
                                 "no_proxy", "NO_PROXY"}) {
            ::unsetenv(name);
        }
    }

    void set(const char* name, const std::string& value) { ::setenv(name, value.c_str(), 1); }

    Answer get(const std::string& url) {
        std::optional<Answer> answer;
        asio::co_spawn(
            io_,
            [&]() -> asio::awaitable<void> {
                ports::HttpRequest request{.url = url, .connect_timeout = 50ms, .total_timeout = 10s};
                answer = co_await client_->send(std::move(request));
            },
            asio::detached);
        while (!answer) io_.run_one();
        return *answer;
    }

    /// Whether a request for `url` came to the proxy.
    bool goes_by_proxy(const std::string& url) {
        proxy_.requests.clear();
        get(url);
        return !proxy_.requests.empty();
    }

    // A label of 64 letters is no host name, so no name server needs to be asked where no proxy is.
    const std::string host_ = std::string(64, 'a') + ".example.com";

    asio::io_context io_{1};
    Responder proxy_{io_};
    std::unique_ptr<CurlHttpClient> client_ = *CurlHttpClient::open(io_.get_executor());
};

TEST_F(ProxyTest, AsksForHttpThroughTheProxyOfEitherSpelling) {
    EXPECT_FALSE(goes_by_proxy("http://" + host_ + "/x"));
    for (const char* name : {"http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
        clear();
        set(name, proxy_.url(""));
        ASSERT_TRUE(goes_by_proxy("http://" + host_ + "/x")) << name;
        EXPECT_EQ(proxy_.requests.at(0).target(), "http://" + host_ + "/x");
    }
}

TEST_F(ProxyTest, LetsSmallLettersOutweighCapitals) {
    set("HTTP_PROXY", "http://127.0.0.1:1");
    set("http_proxy", proxy_.url(""));
    EXPECT_TRUE(goes_by_proxy("http://" + host_ + "/"));
}

TEST_F(ProxyTest, TunnelsHttpsThroughTheProxyOfEitherSpelling) {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
        clear();
        set(name, proxy_.url(""));
        ASSERT_TRUE(goes_by_proxy("https://" + host_ + "/secret")) << name;
        EXPECT_EQ(proxy_.requests.at(0).method_string(), "CONNECT");
        EXPECT_EQ(proxy_.requests.at(0).target(), host_ + ":443");
    }
}

TEST_F(ProxyTest, KeepsHttpAndHttpsApart) {
    set("http_proxy", proxy_.url(""));
    EXPECT_FALSE(goes_by_proxy("https://" + host_ + "/"));
    clear();
    set("https_proxy", proxy_.url(""));
    EXPECT_FALSE(goes_by_proxy("http://" + host_ + "/"));
}

TEST_F(ProxyTest, LeavesOutWhatNoProxyNames) {
    for (const char* name : {"http_proxy", "HTTP_PROXY"}) {
        clear();
        set(name, proxy_.url(""));
        for (const std::string all : {"*", "example.com", ".example.com", "other.org, example.com"}) {
            set("no_proxy", all);
            EXPECT_FALSE(goes_by_proxy("http://" + host_ + "/")) << all;
        }
        for (const std::string none : {"", "ample.com", "example.org", "10.0.0.0/8"}) {
            set("no_proxy", none);
            EXPECT_TRUE(goes_by_proxy("http://" + host_ + "/")) << none;
        }
    }
    ::unsetenv("no_proxy");
    set("NO_PROXY", "example.com");
    EXPECT_FALSE(goes_by_proxy("http://" + host_ + "/"));
}

TEST_F(ProxyTest, LeavesOutTheNetworksThatNoProxyNames) {
    set("http_proxy", proxy_.url(""));
    EXPECT_TRUE(goes_by_proxy("http://192.0.2.7/"));
    set("no_proxy", "192.0.2.0/24");
    EXPECT_FALSE(goes_by_proxy("http://192.0.2.7/"));
    EXPECT_TRUE(goes_by_proxy("http://198.51.100.7/"));
}

TEST_F(ProxyTest, NeverSeesWhatIsForThisMachineAlone) {
    set("http_proxy", "http://127.0.0.1:1");
    EXPECT_TRUE(get(proxy_.url("/")));
    set("http_proxy", proxy_.url(""));
    for (const char* url : {"http://169.254.169.254/latest/api/token", "http://169.254.170.23/v1/credentials",
                            "http://[fd00:ec2::254]/latest/api/token"}) {
        EXPECT_FALSE(goes_by_proxy(url)) << url;
    }
}

TEST_F(ProxyTest, ThatRefusesIsNamedWithItsAnswer) {
    set("https_proxy", proxy_.url("").replace(7, 0, "user:hush@"));
    const Answer answer = get("https://" + host_ + "/");
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().recovery, Recovery::retry);
    EXPECT_EQ(answer.error().text().find("hush"), std::string::npos);
    EXPECT_FALSE(proxy_.requests.at(0)["proxy-authorization"].empty());
}

}  // namespace
}  // namespace doze::http
