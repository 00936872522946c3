// Who may talk over a connection, and how often one may guess.
#include "server/admission/admission.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "server/admission/listening_socket.hpp"

namespace doze::server {
namespace {

using boost::asio::ip::tcp;
using testing::ElementsAre;
using testing::HasSubstr;

class AdmissionTest : public testing::Test {
   protected:
    std::shared_ptr<Admission> open(const char* listening, const char* token = "0123456789abcdef") {
        return Admission::open(
                   {.token = Secret(token)}, listening,
                   std::make_shared<Complaints>([this](std::string_view line) { told_.emplace_back(line); }))
            .value();
    }

    /// A connection over loopback whose other end is here, or hung up.
    Result<Admission::RemotePeer> authorize(Admission& admission, bool hung_up = false) {
        tcp::acceptor acceptor(loop_, {boost::asio::ip::address_v4::loopback(), 0});
        tcp::socket there(loop_);
        there.connect(acceptor.local_endpoint());
        Stream::Socket here(acceptor.accept());
        if (hung_up) there.close();
        return admission.authorize(here);
    }

    boost::asio::io_context loop_{1};
    std::vector<std::string> told_;
};

TEST_F(AdmissionTest, TheSameUserNeedsNoToken) {
    for (const auto* listening : {"127.0.0.1", "0.0.0.0"}) {
        const auto peer = authorize(*open(listening));
        ASSERT_TRUE(peer) << listening;
        EXPECT_TRUE(peer->is_known) << listening;
        EXPECT_TRUE(peer->is_near) << listening;
    }
}

TEST_F(AdmissionTest, WhoeverCanNotBeToldNeedsTheTokenOrIsRefused) {
    const auto refused = authorize(*open("127.0.0.1"), true);
    ASSERT_FALSE(refused) << "on loopback there is no other way in";
    EXPECT_EQ(refused.error().code, ErrorCode::unauthorized);
    EXPECT_FALSE(authorize(*open("0.0.0.0", ""), true)) << "there is no token to show";
    const auto peer = authorize(*open("0.0.0.0"), true);
    ASSERT_TRUE(peer);
    EXPECT_FALSE(peer->is_known);
}

TEST_F(AdmissionTest, GuessesAreCountedForEachAddress) {
    const auto admission = open("0.0.0.0");
    const Admission::RemotePeer one{.address = "one", .name = "192.0.2.1:4711"}, other{.address = "other"};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(admission->check_token(one, "wrong").error().code, ErrorCode::unauthorized);
    EXPECT_EQ(admission->check_token(one, "0123456789abcdef").error().code, ErrorCode::rate_limited);
    EXPECT_TRUE(admission->check_token(other, "0123456789abcdef"));
    EXPECT_THAT(told_, ElementsAre(HasSubstr("192.0.2.1:4711 showed a wrong token")));
}

TEST_F(AdmissionTest, TheRightTokenEndsTheCount) {
    const auto admission = open("0.0.0.0");
    const Admission::RemotePeer one{.address = "one"};
    for (int i = 0; i < 3; ++i) {
        for (int wrong = 0; wrong < 2; ++wrong) EXPECT_FALSE(admission->check_token(one, "wrong"));
        EXPECT_TRUE(admission->check_token(one, "0123456789abcdef")) << i;
    }
}

TEST(TokenTest, IsTheWholeOneAndNeverTheEmptyOne) {
    EXPECT_TRUE(is_token(Secret("0123456789abcdef"), "0123456789abcdef"));
    for (const auto* wrong : {"", "0123456789abcde", "0123456789abcdefg", "0123456789abcdeF"})
        EXPECT_FALSE(is_token(Secret("0123456789abcdef"), wrong)) << wrong;
    EXPECT_FALSE(is_token(Secret(), ""));
}

TEST(ListenAddressTest, BeyondLoopbackNeedsAToken) {
    const ListenName name{.server = "test", .section = "test"};
    EXPECT_EQ(bound_socket(SOCK_STREAM, {.ip = "0.0.0.0", .port = 0}, name, false).error().code,
              ErrorCode::bad_request);
    EXPECT_TRUE(bound_socket(SOCK_STREAM, {.ip = "0.0.0.0", .port = 0}, name, true));
    EXPECT_TRUE(bound_socket(SOCK_STREAM, {.ip = "127.0.0.1", .port = 0}, name, false));
}

TEST(ListenAddressTest, ThatCanNotBeHadSaysWhyAndWhatToDo) {
    const ListenName name{.server = "test server", .section = "test"};
    for (const auto& [type, advice] : {std::pair(SOCK_STREAM, "`ss -tlpn` shows which"), {SOCK_DGRAM, "`ss -ulpn`"}}) {
        const auto first = bound_socket(type, {.ip = "127.0.0.1", .port = 0}, name, false);
        const auto second = bound_socket(type, {.ip = "127.0.0.1", .port = port_of(first->get())}, name, false);
        ASSERT_FALSE(second);
        EXPECT_THAT(second.error().message, HasSubstr("test server can't use 127.0.0.1:"));
        EXPECT_THAT(second.error().message, HasSubstr("another program has it"));
        EXPECT_THAT(second.error().next_step, HasSubstr(advice));
    }
    const auto foreign = bound_socket(SOCK_STREAM, {.ip = "192.0.2.1", .port = 0}, name, true);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().next_step, "Choose another test.ip or test.port in settings.json.");
    const auto was = ::geteuid();
    [[maybe_unused]] const int dropped = was == 0 ? ::seteuid(65'534) : 0;  // Root may have any port.
    const auto low = bound_socket(SOCK_STREAM, {.ip = "127.0.0.1", .port = 1}, name, false);
    [[maybe_unused]] const int back = ::seteuid(was);
    if (low) GTEST_SKIP() << "anybody may have any port here";
    EXPECT_THAT(low.error().message, HasSubstr("ports below 1024 belong to root"));
    EXPECT_EQ(low.error().next_step, "Choose a test.port above 1023 in settings.json.");
}

}  // namespace
}  // namespace doze::server
