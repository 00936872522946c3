#include "server/http/framing.hpp"

#include <gmock/gmock.h>
#include <string>

#include "server/http/web_server.hpp"
#include "unit/server/web_client.hpp"

namespace doze::server {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// The real web port, whose handler says what it was given.
class FramingTest : public testing::Test {
   protected:
    FramingTest() {
        server_ = WebServer::open(
                      loop_, {.address = {.port = 0}},
                      {.commands = {},
                       .greeter = {},
                       .routes = everywhere([this](const rest::WebRequest& request, const auto& reply, const auto&) {
                           ++requests_;
                           reply({.body = request.method + " " + request.body + "."});
                       })})
                      .value();
        host_ = "Host: localhost:" + std::to_string(server_->port()) + "\r\n";
    }

    /// Everything that is answered to these bytes and, on the same connection, a good request after them. In pieces of
    /// the size, if it is one.
    std::string ask(std::string_view bytes, std::size_t piece = 0) {
        WebClient client(loop_, server_->port());
        const auto all = std::string(bytes) + "GET /second HTTP/1.1\r\n" + host_ + "Connection: close\r\n\r\n";
        if (piece == 0) {
            client.send(all);
        } else {
            for (std::size_t i = 0; i < all.size(); i += piece) {
                client.send(std::string_view(all).substr(i, piece));
                loop_.restart();
                loop_.poll();
            }
        }
        return client.rest().value_or("open");
    }

    /// Refused with the status, the connection closed, and nothing handed over, neither it nor what came after.
    void expect_refused(std::string_view bytes, int status) {
        for (const std::size_t piece : {0U, 1U}) {
            const auto before = requests_;
            const auto answer = ask(bytes, piece);
            EXPECT_THAT(answer, StartsWith("HTTP/1.1 " + std::to_string(status))) << bytes;
            EXPECT_THAT(answer, HasSubstr("\r\nConnection: close\r\n")) << bytes;
            EXPECT_EQ(answer.find("\r\nDate: "), answer.rfind("\r\nDate: ")) << "answered twice: " << bytes;
            EXPECT_EQ(requests_, before) << bytes;
        }
    }

    /// Handed over with the method and body, and so is what came after.
    void expect_taken(std::string_view bytes, std::string_view answer) {
        for (const std::size_t piece : {0U, 1U}) {
            const auto both = ask(bytes, piece);
            EXPECT_THAT(both, HasSubstr("\r\n\r\n" + std::string(answer) + ".")) << bytes;
            EXPECT_THAT(both, testing::EndsWith("\r\n\r\nGET .")) << bytes;
        }
    }

    [[nodiscard]] std::string post(std::string_view headers, std::string_view rest) const {
        return "POST /x HTTP/1.1\r\n" + host_ + std::string(headers) + "\r\n" + std::string(rest);
    }

    boost::asio::io_context loop_{1};
    std::unique_ptr<WebServer> server_;
    std::string host_;
    unsigned requests_ = 0;
};

TEST_F(FramingTest, TakesWhatIsToTheLetter) {
    const auto get = [&](std::string_view headers) {
        return "GET /x HTTP/1.1\r\n" + host_ + std::string(headers) + "\r\n";
    };
    expect_taken(get(""), "GET ");
    expect_taken("\r\n\r\n" + get(""), "GET ");
    expect_taken(get("A:b\r\nC: \t d \t\r\nE:\r\n!#$%&'*+-.^_`|~1aZ: \xc3\xa9\r\n"), "GET ");
    expect_taken("GET /x HTTP/1.9\r\n" + host_ + "\r\n", "GET ");
    expect_taken(post("Content-Length: 4\r\n", "body"), "POST body");
    expect_taken(post("CONTENT-LENGTH:  0004 \r\n", "body"), "POST body");
    expect_taken(post("Content-Length: 0\r\n", ""), "POST ");
    expect_taken(post("Transfer-Encoding: Chunked\r\n", "4\r\nbody\r\n0\r\n\r\n"), "POST body");
    expect_taken(post("Transfer-Encoding: ,chunked,\r\n", "004;a=\"b c\";d\r\nbody\r\n00\r\nA: b\r\n\r\n"),
                 "POST body");
    expect_taken(post("Transfer-Encoding: chunked\r\n", "2 ;x\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n"), "POST body");
    expect_taken(post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n"), "POST ");
}

TEST_F(FramingTest, RefusesBadRequestLines) {
    for (const auto* line : {"GET /x HTTP/1.1 ",
                             " GET /x HTTP/1.1",
                             "GET  /x HTTP/1.1",
                             "GET /x  HTTP/1.1",
                             "GET\t/x\tHTTP/1.1",
                             "GET /x",
                             "GET /x ",
                             "GET",
                             "GET /x http/1.1",
                             "GET /x HTTP/1.1x",
                             "GET /x HTTP/1",
                             "GET /x HTTP/11",
                             "GET /x HTTP/1.10",
                             "GET /x HTTP 1.1",
                             "GET /x XTTP/1.1",
                             "G(T /x HTTP/1.1",
                             "GET: /x HTTP/1.1",
                             "/x HTTP/1.1",
                             "G\xc3\xa9T /x HTTP/1.1",
                             "GET /a b HTTP/1.1",
                             "GET x HTTP/1.1",
                             "GET /x#y HTTP/1.1",
                             "GET /\xc3\xa9 HTTP/1.1",
                             "GET /\x7f HTTP/1.1",
                             "GET /\x01 HTTP/1.1",
                             "GET /%zz HTTP/1.1",
                             "GET * HTTP/1.1",
                             "GET http://evil/ HTTP/1.1",
                             "CONNECT localhost:80 HTTP/1.1",
                             "STATUS",
                             "EHLO me",
                             "HTTP/1.1 200 OK"})
        expect_refused(std::string(line) + "\r\n" + host_ + "\r\n", 400);
    for (const auto* line : {"GET /x HTTP/2.0", "PRI * HTTP/2.0", "GET /x HTTP/0.9", "GET /x HTTP/3.0"})
        expect_refused(std::string(line) + "\r\n" + host_ + "\r\n", 505);
    expect_refused("GET /" + std::string(8192, 'x') + " HTTP/1.1\r\n" + host_ + "\r\n", 414);
    expect_refused("\x16\x03\x01\x02", 400);
}

TEST_F(FramingTest, RefusesBadHeaders) {
    for (const auto* header : {"A : b",
                               "A\t: b",
                               " A: b",
                               "\tA: b",
                               "A: b\r\n c",
                               "A: b\r\n\tc",
                               ": b",
                               "A",
                               "A b",
                               "A\xc3\xa9: b",
                               "A(: b",
                               "A: b\x01",
                               "A: \x7f",
                               "A: b\rC: d",
                               "A: b\nC: d",
                               "A: b\r\r",
                               "\r",
                               "Host: evil",
                               "Host: localhost\r\nX: y",
                               "Authorization: a\r\nAuthorization: b",
                               "Authorization: Bearer a\r\nauthorization: Bearer a",
                               "Content-Type: a/b\r\nContent-Type: a/b",
                               "Origin: a\r\nOrigin: a",
                               "Content-Length: 1\r\nContent-Length: 2",
                               "Content-Length: 1\r\nContent-Length: 1",
                               "Content-Length: 1, 1",
                               "Content-Length: -1",
                               "Content-Length: +1",
                               "Content-Length: 1x",
                               "Content-Length: 0x1",
                               "Content-Length: 1 1",
                               "Content-Length:",
                               "Content-Length: 1.0",
                               "Content-Length: 1\r\nTransfer-Encoding: chunked",
                               "Transfer-Encoding: chunked\r\nContent-Length: 0",
                               "Transfer-Encoding: chunked, chunked",
                               "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                               "Transfer-Encoding: chunked, gzip",
                               "Transfer-Encoding: gzip",
                               "Transfer-Encoding: identity",
                               "Transfer-Encoding:",
                               "Transfer-Encoding: \"chunked\"",
                               "Transfer-Encoding: chunked;a=b",
                               "Transfer-Encoding: xchunked"})
        expect_refused(post(std::string(header) + "\r\n", "1\r\nx\r\n0\r\n\r\n"), 400);
    expect_refused(post(std::string("A: \0\r\n", 6), ""), 400);
    expect_refused(post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501);
    expect_refused(post("Content-Length: 99999999999999999999999\r\n", ""), 413);
    expect_refused(post("Expect: 200-maybe\r\n", ""), 417);
    expect_refused(post("A: " + std::string(8192, 'x') + "\r\n", ""), 431);
    expect_refused("GET /x HTTP/1.1\r\n\r\n", 400);
    expect_refused("GET /x HTTP/1.0\r\n" + host_ + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    for (const auto* host : {"a b", "a@b", "http://a", "a/b", "[::1", "[]", "a:b", "a:1:2", "\"a\"", "a, b"})
        expect_refused("GET /x HTTP/1.1\r\nHost: " + std::string(host) + "\r\n\r\n", 400);
    expect_refused("GET /x HTTP/1.1\n" + host_ + "\r\n", 400);
    expect_refused("\nGET /x HTTP/1.1\r\n" + host_ + "\r\n", 400);
}

TEST_F(FramingTest, RefusesBadChunks) {
    for (const auto* body :
         {"x\r\n", "\r\n", "-1\r\nx", "+1\r\nx", "0x1\r\nx", "1 \r\nx", " 1\r\nx", "1\nx\r\n0\r\n\r\n", "1\r\nxy\r\n",
          "1\r\nx\n0\r\n\r\n", "1\r\nx\r0\r\n\r\n", "1;a\nb\r\nx", "1;\x01\r\nx", "1 1\r\nx", "0\r\nA : b\r\n\r\n",
          "0\r\n A: b\r\n\r\n", "0\r\nA\r\n\r\n", "0\r\nA: b\n\r\n"})
        expect_refused(post("Transfer-Encoding: chunked\r\n", body), 400);
    expect_refused(post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFFFF\r\n"), 413);
    expect_refused(post("Transfer-Encoding: chunked\r\n", "FFFFFFFFFFFFFFFF\r\n"), 413);
    expect_refused(post("Transfer-Encoding: chunked\r\n", "0\r\nA: " + std::string(9000, 'x') + "\r\n\r\n"), 431);
}

TEST_F(FramingTest, TellsThoseWhoWaitToGoOn) {
    WebClient client(loop_, server_->port());
    client.send(post("Content-Length: 4\r\nExpect: 100-Continue\r\n", ""));
    EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
    client.send("body");
    EXPECT_THAT(client.reply(), testing::EndsWith("\r\n\r\nPOST body."));
    // Who sends it anyway is not told.
    client.send(post("Content-Length: 4\r\nExpect: 100-continue\r\n", "body"));
    EXPECT_THAT(client.reply(), StartsWith("HTTP/1.1 200"));
    // Whom nobody lets in is not told to go on.
    client.send("POST /x HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
    EXPECT_THAT(client.reply(), StartsWith("HTTP/1.1 403"));
}

TEST_F(FramingTest, AWebSocketHasNoBody) {
    WebClient client(loop_, server_->port());
    EXPECT_THAT(client.upgrade("/ws", "Content-Length: 5\r\n"), StartsWith("HTTP/1.1 400"));
    WebClient other(loop_, server_->port());
    EXPECT_THAT(other.upgrade("/ws", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), StartsWith("HTTP/1.1 400"));
}

TEST_F(FramingTest, ATrailerSaysNothing) {
    const auto answer = ask(post("Transfer-Encoding: chunked\r\n",
                                 "0\r\nHost: evil.example\r\nAuthorization: Bearer x\r\nContent-Length: 9\r\n\r\n"));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200"));
    EXPECT_THAT(answer, testing::EndsWith("GET ."));
}

}  // namespace
}  // namespace doze::server
