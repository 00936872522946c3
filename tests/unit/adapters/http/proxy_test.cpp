#include "adapters/http/proxy.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>

#include "adapters/http/curl_http_client.hpp"
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

    /// For what never answers: nothing is there, or it says nothing.
    static constexpr core::Duration in_vain = 50ms;

    Answer get(const std::string& url, core::Duration connect_timeout = 1min) {
        std::optional<Answer> answer;
        asio::co_spawn(
            io_,
            [&]() -> asio::awaitable<void> {
                ports::HttpRequest request{.url = url, .connect_timeout = connect_timeout, .total_timeout = 2min};
                answer = co_await client_->send(std::move(request));
            },
            asio::detached);
        while (!answer) io_.run_one();
        return *answer;
    }

    /// Whether a request for `url` came to the proxy.
    bool goes_by_proxy(const std::string& url, core::Duration connect_timeout = 1min) {
        proxy_.requests.clear();
        get(url, connect_timeout);
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
    EXPECT_FALSE(goes_by_proxy("http://192.0.2.7/", in_vain));
    EXPECT_TRUE(goes_by_proxy("http://198.51.100.7/"));
}

TEST_F(ProxyTest, NeverSeesWhatIsForThisMachineAlone) {
    set("http_proxy", "http://127.0.0.1:1");
    EXPECT_TRUE(get(proxy_.url("/")));
    set("http_proxy", proxy_.url(""));
    for (const char* url : {"http://169.254.169.254/latest/api/token", "http://169.254.170.23/v1/credentials",
                            "http://[fd00:ec2::254]/latest/api/token"}) {
        EXPECT_FALSE(goes_by_proxy(url, in_vain)) << url;
    }
}

/// A port of this machine where nothing listens, or somebody who takes connections and `says` something, or nothing.
class Stub {
   public:
    explicit Stub(asio::io_context& io, std::string says = {}) : acceptor_(io, {asio::ip::address_v4::loopback(), 0}) {
        asio::co_spawn(io, serve(std::move(says)), asio::detached);
    }
    [[nodiscard]] std::string address() const {
        return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port());
    }
    void close() { acceptor_.close(); }

   private:
    asio::awaitable<void> serve(std::string says) {
        constexpr auto quietly = asio::as_tuple(asio::use_awaitable);
        auto [error, socket] = co_await acceptor_.async_accept(quietly);
        if (error) co_return;
        char byte = 0;
        co_await socket.async_read_some(asio::buffer(&byte, 1), quietly);
        if (says == "hang") co_await socket.async_wait(asio::ip::tcp::socket::wait_error, quietly);
        co_await asio::async_write(socket, asio::buffer(says), quietly);
    }
    asio::ip::tcp::acceptor acceptor_;
};

TEST_F(ProxyTest, ThatIsNotThereIsBlamedInPlaceOfTheHost) {
    Stub gone(io_);
    const std::string address = gone.address();
    gone.close();
    for (const auto& [scheme, variable] : {std::pair("http", "http_proxy"), std::pair("https", "https_proxy")}) {
        clear();
        set(variable, "http://user:hush@" + address);
        const auto error = get(scheme + ("://" + host_ + "/")).error();
        EXPECT_EQ(error.message, "The proxy " + address + " refused the connection: nothing listens there.");
        EXPECT_EQ(error.next_step, std::string("Check the variable ") + variable + " and whether the proxy runs.");
        EXPECT_EQ(error.recovery, Recovery::retry);
    }
}

TEST_F(ProxyTest, WhoseNameNobodyKnowsIsNamed) {
    const std::string name = std::string(64, 'b') + ".example.com";
    set("all_proxy", name + ":3128");
    EXPECT_EQ(get("http://" + host_ + "/").error().message,
              "The proxy " + name + ":3128 has a name that nobody knows, or there is no network to look it up.");
}

TEST_F(ProxyTest, ThatWantsAPasswordSaysSo) {
    for (const std::string scheme : {"http", "https"}) {
        Stub stub(io_, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        set((scheme + "_proxy").c_str(), "http://user:hush@" + stub.address());
        const auto error = get(scheme + "://" + host_ + "/").error();
        EXPECT_EQ(error.message, "The proxy " + stub.address() + " let nothing through to " + host_ +
                                     ": it wants a name and a password (407).");
        EXPECT_THAT(error.next_step, HasSubstr(scheme + "_proxy: http://NAME:PASSWORD@HOST:PORT"));
    }
}

TEST_F(ProxyTest, ThatRefusesTheWayIsNamedWithItsAnswer) {
    Stub stub(io_, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    set("HTTPS_PROXY", stub.address());
    const auto error = get("https://" + host_ + "/").error();
    EXPECT_EQ(error.message, "The proxy " + stub.address() + " let nothing through to " + host_ + ": it answered 403.");
    EXPECT_EQ(error.next_step, "Check the variables HTTPS_PROXY and no_proxy.");
}

TEST_F(ProxyTest, ThatHangsUpOrSaysNothingIsNamed) {
    Stub short_one(io_, "HTTP/1.");
    set("https_proxy", short_one.address());
    EXPECT_THAT(get("https://" + host_ + "/").error().message, HasSubstr("The proxy " + short_one.address()));
    Stub silent(io_, "hang");
    set("https_proxy", silent.address());
    EXPECT_THAT(get("https://" + host_ + "/", in_vain).error().message,
                HasSubstr("The proxy " + silent.address() + " opened no way to " + host_));
}

TEST_F(ProxyTest, IsChosenByNamesAddressesAndNetworks) {
    for (const auto* all :
         {"*", "example.com", ".EXAMPLE.com", "example.com.", "a, b.example.com", "x\tb.Example.com"}) {
        EXPECT_TRUE(is_named_by(all, "b.example.com")) << all;
    }
    for (const auto* none : {"", " , ", "ample.com", "c.b.example.com", "b.example.com:80", "10.0.0.0/8", "."}) {
        EXPECT_FALSE(is_named_by(none, "b.example.com")) << none;
    }
    EXPECT_TRUE(is_named_by("10.0.0.0/8", "10.9.8.7"));
    EXPECT_FALSE(is_named_by("10.0.0.0/8", "11.9.8.7"));
    EXPECT_TRUE(is_named_by("10.9.8.7", "10.9.8.7"));
    EXPECT_FALSE(is_named_by("10.9.8.70", "10.9.8.7"));
    EXPECT_TRUE(is_named_by("fd00::/8", "[fd00::7]"));
    EXPECT_TRUE(is_named_by("fd00:0::7", "[fd00::7]"));
    EXPECT_FALSE(is_named_by("fe80::/10, 10.0.0.0/8", "[fd00::7]"));
}

TEST_F(ProxyTest, IsNamedWithoutWhatIsSecretInIt) {
    set("https_proxy", "https://user:hush@proxy.corp.example");
    EXPECT_EQ(proxy_for("https", "h")->name, "proxy.corp.example:443");
    EXPECT_TRUE(proxy_for("https", "h")->over_tls);
    set("https_proxy", "socks5h://user:hush@[::1]:9050");
    EXPECT_EQ(proxy_for("https", "h")->name, "[::1]:9050");
    set("https_proxy", "user:hush@p");
    EXPECT_EQ(proxy_for("https", "h")->name, "p:1080");
    set("https_proxy", "http://user:hush@ no host");
    EXPECT_EQ(proxy_for("https", "h")->name, "of the variable https_proxy");
    set("all_proxy", "a:1");
    set("https_proxy", "");
    EXPECT_EQ(proxy_for("https", "h")->variable, "all_proxy");
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
