#include "server/admission/same_user.hpp"

#include <boost/asio/ip/udp.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/handle.hpp"
#include "server/admission/admission.hpp"

namespace doze::server {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

End end(const char* ip, std::uint16_t port) {
    return {.ip = boost::asio::ip::make_address(ip), .port = port};
}

/// A kernel that says what a test likes.
struct FakeTable final : SocketTable {
    std::optional<KnownSocket> found;
    std::vector<KnownSocket> at_port;
    bool exclusive = true;
    unsigned probes = 0;
    std::function<void()> before_answer = [] {};  ///< Others go on meanwhile.

    std::optional<KnownSocket> find(int, const End&, const End&) override { return found; }
    std::vector<KnownSocket> with_udp_port(std::uint16_t) override {
        before_answer();
        return at_port;
    }
    bool is_exclusive(const End&) override {
        before_answer();
        ++probes;
        return exclusive;
    }
};

class SameUserTest : public testing::Test {
   protected:
    SameUserTest() {
        auto table = std::make_unique<FakeTable>();
        table_ = table.get();
        same_user_.emplace(std::move(table));
        table_->found = ours();
        table_->at_port = {ours()};
    }

    static KnownSocket ours(std::uint64_t cookie = 7) {
        return {.ip = there.ip,
                .port = there.port,
                .peer_port = here.port,
                .user = ::geteuid(),
                .is_held = true,
                .cookie = cookie};
    }

    static KnownSocket strangers(const char* ip) {
        return {.ip = boost::asio::ip::make_address(ip),
                .port = there.port,
                .peer_port = 0,
                .user = ::geteuid() + 1,
                .is_held = true,
                .cookie = 8};
    }

    bool has_sent(SameUser::Time now = {}) { return same_user_->has_sent(there, here, now); }

    static inline const End there = end("127.0.0.1", 4711);
    static inline const End here = end("127.0.0.1", 20200);
    FakeTable* table_ = nullptr;
    std::optional<SameUser> same_user_;
};

TEST_F(SameUserTest, AConnectionIsOursWhereBothEndsAre) {
    EXPECT_TRUE(same_user_->has_connection(there, here));
    table_->found->peer_port = 20201;  // Another connection of the same port.
    EXPECT_FALSE(same_user_->has_connection(there, here));
    table_->found->peer_port = 0;  // Somebody's listening socket.
    EXPECT_FALSE(same_user_->has_connection(there, here));
    table_->found = ours();
    table_->found->port = 4712;
    EXPECT_FALSE(same_user_->has_connection(there, here));
    table_->found = ours();
    table_->found->is_held = false;
    EXPECT_FALSE(same_user_->has_connection(there, here));
    table_->found = ours();
    table_->found->user = ::geteuid() + 1;
    EXPECT_FALSE(same_user_->has_connection(there, here));
    table_->found->user = 0;
    EXPECT_TRUE(same_user_->has_connection(there, here)) << "root may do as it likes anyway";
    table_->found.reset();
    EXPECT_FALSE(same_user_->has_connection(there, here));
}

TEST_F(SameUserTest, ADatagramIsOursWhereNobodyElseCouldHaveSentIt) {
    EXPECT_TRUE(has_sent());
    EXPECT_GT(table_->probes, 0U);
}

TEST_F(SameUserTest, ASocketThatCanBeJoinedIsNobodys) {
    table_->exclusive = false;
    EXPECT_FALSE(has_sent());
    EXPECT_EQ(table_->probes, 1U);
    EXPECT_FALSE(has_sent(SameUser::Time() + seconds(59)));
    table_->found = table_->at_port[0] = ours(9);
    EXPECT_FALSE(has_sent(SameUser::Time() + seconds(59)));
    EXPECT_EQ(table_->probes, 1U) << "the port was refused, and is left alone for a while";
    table_->exclusive = true;
    EXPECT_TRUE(has_sent(SameUser::Time() + minutes(1)));
}

TEST_F(SameUserTest, OneWhoHungUpMeanwhileSpoilsNoPort) {
    table_->exclusive = false;
    table_->before_answer = [this] { table_->found.reset(); };
    EXPECT_FALSE(has_sent());
    table_->before_answer = [] {};
    table_->exclusive = true;
    table_->found = ours();
    EXPECT_TRUE(has_sent());
}

TEST_F(SameUserTest, AStrangerAtTheSamePortIsSeenWhateverTheirAddress) {
    for (const auto* ip : {"127.0.0.1", "0.0.0.0", "127.0.0.9", "192.0.2.1", "::"}) {
        table_->at_port = {ours(), strangers(ip)};
        EXPECT_FALSE(has_sent()) << ip;
    }
    EXPECT_EQ(table_->probes, 0U);
    table_->at_port = {ours(), ours(8)};
    EXPECT_TRUE(has_sent());
}

TEST_F(SameUserTest, WhoHeldTheSocketMustHaveBeenUs) {
    table_->found->user = ::geteuid() + 1;  // And gone when it is asked who is at the port.
    EXPECT_FALSE(has_sent());
    table_->found = ours();
    table_->found->is_held = false;
    EXPECT_FALSE(has_sent());
    table_->found = ours();
    table_->found->port = 4712;
    EXPECT_FALSE(has_sent());
    table_->found = ours();
    EXPECT_TRUE(has_sent());
}

TEST_F(SameUserTest, AStrangerWhoJoinsDuringTheLastQuestionIsSeen) {
    unsigned questions = 0;
    table_->before_answer = [&] { ++questions; };
    ASSERT_TRUE(has_sent());
    const auto last = questions;
    questions = 0;
    table_->before_answer = [&] {
        if (++questions == last) table_->at_port.push_back(strangers("127.0.0.1"));
    };
    EXPECT_FALSE(has_sent(SameUser::Time() + seconds(1)));
}

TEST_F(SameUserTest, AStrangerWhoJoinsLaterIsSeenSoon) {
    EXPECT_TRUE(has_sent());
    table_->at_port.push_back(strangers("127.0.0.1"));
    EXPECT_FALSE(has_sent(SameUser::Time() + seconds(1)));
}

TEST_F(SameUserTest, WhoWasAloneIsNotAskedAboutAgainForASecond) {
    EXPECT_TRUE(has_sent());
    const auto probes = table_->probes;
    EXPECT_TRUE(has_sent(SameUser::Time() + milliseconds(999)));
    EXPECT_EQ(table_->probes, probes);
    EXPECT_TRUE(has_sent(SameUser::Time() + seconds(1)));
    EXPECT_GT(table_->probes, probes);
}

TEST_F(SameUserTest, AStrangerWhoComesAndGoesIsCaught) {
    // There for every second question, so that the port seems exclusive although ours can be joined.
    unsigned caught = 0;
    for (unsigned begin = 0; begin < 100; ++begin) {
        unsigned turn = begin;
        table_->before_answer = [&] {
            const bool is_there = ++turn % 2 == 0;
            table_->exclusive = is_there;
            table_->at_port = {ours()};
            if (is_there) table_->at_port.push_back(strangers("127.0.0.1"));
        };
        if (!has_sent(SameUser::Time() + 2 * begin * minutes(1))) ++caught;
    }
    EXPECT_GE(caught, 99U);
}

TEST_F(SameUserTest, RootsDatagramsAreNotOurs) {
    if (::geteuid() == 0) GTEST_SKIP() << "root's are ours here";
    table_->found->user = table_->at_port[0].user = 0;
    EXPECT_FALSE(has_sent());
}

/// A UDP socket of this process.
class Sender {
   public:
    explicit Sender(int family = AF_INET) : fd_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

    void allow(int option) const {
        const int on = 1;
        ASSERT_EQ(::setsockopt(fd_.get(), SOL_SOCKET, option, &on, sizeof on), 0);
    }
    [[nodiscard]] bool bind(const End& where) const {
        const boost::asio::ip::udp::endpoint endpoint(where.ip, where.port);
        return ::bind(fd_.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())) == 0;
    }
    void connect(const End& where) const {
        const boost::asio::ip::udp::endpoint endpoint(where.ip, where.port);
        ASSERT_EQ(::connect(fd_.get(), endpoint.data(), static_cast<socklen_t>(endpoint.size())), 0);
    }
    [[nodiscard]] std::uint16_t port() const {
        boost::asio::ip::udp::endpoint endpoint;
        auto size = static_cast<socklen_t>(endpoint.capacity());
        ::getsockname(fd_.get(), endpoint.data(), &size);
        return endpoint.port();
    }

   private:
    UniqueFd fd_;
};

class KernelTest : public testing::Test {
   protected:
    void SetUp() override { ASSERT_TRUE(doze_.bind(end("127.0.0.1", 0))); }

    bool is_ours(const Sender& sender, const char* ip = "127.0.0.1") {
        return same_user_.has_sent(end(ip, sender.port()), end("127.0.0.1", doze_.port()), {});
    }

    Sender doze_;
    SameUser same_user_ = SameUser::open().value();
};

TEST_F(KernelTest, PlainConnectedAndGroupedSocketsAreOurs) {
    const Sender plain;
    ASSERT_TRUE(plain.bind(end("0.0.0.0", 0)));
    EXPECT_TRUE(is_ours(plain));
    const Sender bound;
    ASSERT_TRUE(bound.bind(end("127.0.0.1", 0)));
    EXPECT_TRUE(is_ours(bound));
    const Sender connected;
    connected.connect(end("127.0.0.1", doze_.port()));
    EXPECT_TRUE(is_ours(connected));
    const Sender one, two;
    one.allow(SO_REUSEPORT);
    two.allow(SO_REUSEPORT);
    ASSERT_TRUE(one.bind(end("127.0.0.1", 0)));
    ASSERT_TRUE(two.bind(end("127.0.0.1", one.port())));
    EXPECT_TRUE(is_ours(one));
    const Sender six(AF_INET6);
    if (six.bind(end("::", 0))) {
        EXPECT_TRUE(is_ours(six));
    }
}

TEST_F(KernelTest, SocketsThatOthersMayJoinAreNot) {
    for (const auto* ip : {"0.0.0.0", "127.0.0.1"}) {
        const Sender shared;
        shared.allow(SO_REUSEADDR);
        ASSERT_TRUE(shared.bind(end(ip, 0)));
        EXPECT_FALSE(is_ours(shared)) << ip;
    }
    std::uint16_t port = 0;
    {
        const Sender gone;
        ASSERT_TRUE(gone.bind(end("127.0.0.1", 0)));
        port = gone.port();
    }
    EXPECT_FALSE(same_user_.has_sent(end("127.0.0.1", port), end("127.0.0.1", doze_.port()), {}));
}

TEST_F(KernelTest, TellsOfEverySocketAtAPort) {
    const auto table = SocketDiagnostics::open().value();
    const Sender one, other, six(AF_INET6);
    ASSERT_TRUE(one.bind(end("127.0.0.1", 0)));
    ASSERT_TRUE(other.bind(end("127.0.0.2", one.port())));
    EXPECT_EQ(table->with_udp_port(one.port()).size(), 2U);
    if (six.bind(end("::1", one.port()))) {
        EXPECT_EQ(table->with_udp_port(one.port()).size(), 3U);
    }
    std::uint16_t port = 0;
    {
        const Sender gone;
        ASSERT_TRUE(gone.bind(end("127.0.0.1", 0)));
        port = gone.port();
    }
    EXPECT_FALSE(table->find(IPPROTO_UDP, end("127.0.0.1", port), end("127.0.0.1", doze_.port())));
}

TEST(PeersTest, AreCountedByAddressAndOfIpv6ByItsFirstHalf) {
    EXPECT_EQ(peer_of(end("192.0.2.1", 1)), peer_of(end("192.0.2.1", 2)));
    EXPECT_NE(peer_of(end("192.0.2.1", 1)), peer_of(end("192.0.2.2", 1)));
    EXPECT_EQ(peer_of(end("2001:db8:1:2::1", 1)), peer_of(end("2001:db8:1:2:ffff::9", 2)));
    EXPECT_NE(peer_of(end("2001:db8:1:2::1", 1)), peer_of(end("2001:db8:1:3::1", 1)));
    // On this machine each socket counts for itself, but for its guesses all do together.
    EXPECT_NE(peer_of(end("127.0.0.1", 1)), peer_of(end("127.0.0.1", 2)));
    EXPECT_NE(peer_of(end("127.0.0.1", 1)), peer_of(end("127.0.0.1", 257)));
    EXPECT_NE(peer_of(end("::1", 1)), peer_of(end("::1", 2)));
    EXPECT_EQ(address_of(end("127.0.0.1", 1)), address_of(end("127.0.0.1", 2)));
}

}  // namespace
}  // namespace doze::server
