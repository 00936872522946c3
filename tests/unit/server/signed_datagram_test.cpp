#include "server/admission/signed_datagram.hpp"

#include <boost/asio/ip/address.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace doze::server {
namespace {

constexpr std::int64_t now = 1'700'000'000;

const Secret the_token("a token of enough characters");

const End here{.ip = boost::asio::ip::make_address("192.0.2.1"), .port = 20200};

End at(const char* ip, std::uint16_t port = 20200) {
    return {.ip = boost::asio::ip::make_address(ip), .port = port};
}

std::string sign(std::int64_t time, std::string_view nonce, std::string_view command, const End& receiver = here) {
    return sign_datagram(the_token, time, nonce, receiver, command);
}

std::string nonce(int number) {
    return fmt::format("{:032x}", number);
}

struct Gate {
    SignedDatagrams datagrams{the_token, now - 1000};
    std::int64_t time = now;

    bool lets_in(const std::string& datagram) { return datagrams.let_in(datagram, here, time).command.has_value(); }

    std::string reason(const std::string& datagram) { return datagrams.let_in(datagram, here, time).reason; }
};

TEST(SignedDatagramTest, IsWhatTheProtocolSays) {
    // $ printf 'DOZE2 1700000000 000102030405060708090a0b0c0d0e0f 192.0.2.1:20200\nLIST_EC2' |
    //       openssl dgst -sha256 -hmac "$token"
    const auto text = sign(now, "000102030405060708090a0b0c0d0e0f", "LIST_EC2");
    EXPECT_EQ(text,
              "DOZE2 1700000000 000102030405060708090a0b0c0d0e0f 192.0.2.1:20200 "
              "528b89cf13b6a446b0c7be5bc0e885842e6e2dc2e2a26aca9c2cc18e41ced533\nLIST_EC2");
    const auto parsed = SignedDatagram::parse(text);
    ASSERT_TRUE(parsed);
    EXPECT_EQ(parsed->time, now);
    EXPECT_EQ(parsed->command, "LIST_EC2");
    EXPECT_TRUE(parsed->is_by(the_token));
    EXPECT_FALSE(parsed->is_by(Secret("a token of enough characterS")));
    EXPECT_FALSE(parsed->is_by(Secret()));
}

TEST(SignedDatagramTest, IsNothingElse) {
    const auto with = [](const std::string& time, const std::string& receiver) {
        return fmt::format("DOZE2 {} {} {} {}\nPING", time, nonce(1), receiver, std::string(64, '0'));
    };
    EXPECT_TRUE(SignedDatagram::parse(with("1700000000", "192.0.2.1:20200")));
    EXPECT_TRUE(SignedDatagram::parse(with("1700000000", "[2001:db8::1]:20200")));
    for (const auto* receiver :
         {"[192.0.2.1]:20200", "2001:db8::1:20200", "192.0.2.1", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:1x", ":1"})
        EXPECT_FALSE(SignedDatagram::parse(with("1700000000", receiver))) << receiver;
    for (const auto* time : {"-1", "", "1x", "99999999999999999999"})
        EXPECT_FALSE(SignedDatagram::parse(with(time, "192.0.2.1:20200"))) << time;
}

TEST(SignedDatagramTest, IsByNobodyWhereThereIsNoToken) {
    const auto text = sign_datagram(Secret(), now, nonce(1), here, "PING");
    EXPECT_FALSE(SignedDatagram::parse(text)->is_by(Secret()));
    EXPECT_FALSE(SignedDatagrams(Secret(), now - 1000).let_in(text, here, now).command);
}

TEST(SignedDatagramTest, IsLetInOnce) {
    Gate gate;
    const auto datagram = sign(now, nonce(1), "PING");
    EXPECT_EQ(gate.datagrams.let_in(datagram, here, now).command, "PING");
    EXPECT_FALSE(gate.lets_in(datagram));
    EXPECT_FALSE(gate.lets_in(sign(now + 1, nonce(1), "STATUS"))) << "the nonce was used";
    EXPECT_TRUE(gate.lets_in(sign(now, nonce(2), "PING")));
}

TEST(SignedDatagramTest, NoByteOfItMayBeChanged) {
    Gate gate;
    const auto datagram = sign(now, nonce(1), "STOP_EC2:i-1:us-east-1");
    for (std::size_t i = 0; i < datagram.size(); ++i) {
        for (const int bit : {1, 2, 4, 8, 16, 32, 64}) {
            auto changed = datagram;
            changed[i] = static_cast<char>(changed[i] ^ bit);
            EXPECT_FALSE(gate.lets_in(changed)) << changed;
        }
    }
    for (std::size_t size = 0; size < datagram.size(); ++size) EXPECT_FALSE(gate.lets_in(datagram.substr(0, size)));
    EXPECT_FALSE(gate.lets_in(datagram + " "));
    EXPECT_FALSE(gate.lets_in("STOP_EC2:i-1:us-east-1"));
    EXPECT_TRUE(gate.lets_in(datagram));
}

TEST(SignedDatagramTest, IsYoung) {
    Gate gate;
    EXPECT_FALSE(gate.lets_in(sign(now - 31, nonce(1), "PING")));
    EXPECT_FALSE(gate.lets_in(sign(now + 31, nonce(2), "PING")));
    EXPECT_TRUE(gate.lets_in(sign(now - 30, nonce(3), "PING")));
    EXPECT_TRUE(gate.lets_in(sign(now + 30, nonce(4), "PING")));
    gate.time += 60;
    EXPECT_FALSE(gate.lets_in(sign(now + 30, nonce(4), "PING"))) << "still in the window";
}

TEST(SignedDatagramTest, IsNotFromBeforeThisDoze) {
    SignedDatagrams datagrams(the_token, now);
    EXPECT_FALSE(datagrams.let_in(sign(now, nonce(1), "PING"), here, now).command);
    EXPECT_TRUE(datagrams.let_in(sign(now + 1, nonce(1), "PING"), here, now + 1).command);
}

TEST(SignedDatagramTest, IsGoodAtItsReceiverAlone) {
    Gate gate;
    EXPECT_EQ(gate.reason(sign(now, nonce(1), "PING", at("192.0.2.2"))),
              "it was signed for 192.0.2.2:20200, and came to 192.0.2.1:20200");
    EXPECT_FALSE(gate.lets_in(sign(now, nonce(1), "PING", at("192.0.2.1", 20201))));
    EXPECT_FALSE(gate.lets_in(sign(now, nonce(1), "PING", at("0.0.0.0"))));
    EXPECT_TRUE(gate.lets_in(sign(now, nonce(1), "PING", at("::ffff:192.0.2.1")))) << "the same in IPv6's clothes";
    const auto six = sign(now, nonce(2), "PING", at("2001:db8::1"));
    EXPECT_NE(six.find(" [2001:db8::1]:20200 "), std::string::npos);
    EXPECT_FALSE(gate.lets_in(six));
    EXPECT_TRUE(gate.datagrams.let_in(six, at("2001:db8::1"), now).command);
}

TEST(SignedDatagramTest, SaysWhyTheOldFormIsRefused) {
    Gate gate;
    const std::string old =
        "DOZE1 1700000000 000102030405060708090a0b0c0d0e0f "
        "33d9279e2732f0abc2ecdd26ad37bda2b99a89dc67cd093edf5c6e9e7748896b\nLIST_EC2";
    EXPECT_TRUE(SignedDatagrams::is_meant(old));
    EXPECT_FALSE(gate.lets_in(old));
    EXPECT_NE(gate.reason(old).find("DOZE2"), std::string::npos);
}

TEST(SignedDatagramTest, MemoryIsBoundedAndFullMeansNo) {
    Gate gate;
    const auto first = sign(now, nonce(0), "PING");
    EXPECT_TRUE(gate.lets_in(first));
    for (std::size_t i = 1; i < SignedDatagrams::most_nonces; ++i)
        ASSERT_TRUE(gate.lets_in(sign(now, nonce(static_cast<int>(i)), "PING")));
    EXPECT_FALSE(gate.lets_in(sign(now, nonce(1'000'000), "PING")));
    gate.time += 30;
    EXPECT_FALSE(gate.lets_in(first)) << "young enough still, and so it is remembered still";
    gate.time += 1;
    EXPECT_TRUE(gate.lets_in(sign(gate.time, nonce(1'000'000), "PING")));
    EXPECT_TRUE(gate.lets_in(sign(gate.time - 30, nonce(1'000'001), "PING"))) << "as old as one may be";
    gate.time = now;  // Somebody sets the clock back.
    EXPECT_FALSE(gate.lets_in(first));
}

}  // namespace
}  // namespace doze::server
