#include <gtest/gtest.h>

#include "server/stream/framer.hpp"

namespace doze::server {
namespace {

TEST(ForeignProtocol, KnowsHowOthersBegin) {
    for (const auto* line : {"GET / HTTP/1.1\r",
                             "POST / HTTP/1.1",
                             "get / http/1.1",
                             "PATCH /x?y=AWAY HTTP/1.0",
                             "m-search * HTTP/1.1",
                             "X / HTTP/9",
                             "\tGET\t/\tHTTP/1.1",
                             "PURGE  /a b c  HTTP/1.1 ",
                             "GET /",
                             "GET http://localhost/",
                             "OPTIONS *",
                             "PUT /x\r",
                             "PRI * HTTP/2.0",
                             "CONNECT localhost:443 HTTP/1.1",
                             "GET HTTP/1.1",
                             "HTTP/1.1 200 OK",
                             "OPTIONS rtsp://h RTSP/1.0",
                             "INVITE sip:a@b SIP/2.0",
                             "Host: localhost:20200",
                             "host:x",
                             "HOST : x",
                             " Host:\tx"})
        EXPECT_FALSE(foreign_protocol(line).empty()) << line;
    EXPECT_EQ(foreign_protocol("EHLO localhost"), "SMTP");
    EXPECT_EQ(foreign_protocol("helo"), "SMTP");
    EXPECT_EQ(foreign_protocol("SSH-2.0-OpenSSH_9.2"), "SSH");
    EXPECT_EQ(foreign_protocol("PROXY TCP4 192.0.2.1 192.0.2.2 1 2"), "the PROXY protocol");
    EXPECT_EQ(foreign_protocol("CLIENT libcurl 7.88.1"), "DICT");
}

TEST(ForeignProtocol, LeavesTextAlone) {
    for (const auto* line : {"PING",
                             "LIST_EC2:us-east-1",
                             "HOLD:a build of HTTP/1.1 GET /x",
                             "HOLD : HTTP/2 work",
                             "GET",
                             "POST",
                             "GETTING /x",
                             "HELP",
                             "HELP:host",
                             "hello world",
                             "FROBNICATE the /path",
                             "{\"type\":\"GET / HTTP/1.1\"}",
                             "[\"GET / HTTP/1.1\"]",
                             "HOSTS: x",
                             "HELOT",
                             "GHOST:x",
                             "PROXY",
                             "CLIENT",
                             "POST office",
                             "",
                             "HTTP",
                             "HTTP/x",
                             "get well soon",
                             "a host: here"})
        EXPECT_TRUE(foreign_protocol(line).empty()) << line;
}

}  // namespace
}  // namespace doze::server
