#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

#include "adapters/activity/x11/x11_environment.hpp"
#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::activity::x11::servers_test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class Servers : public ::testing::Test {
   protected:
    [[nodiscard]] std::string path(int number) const { return dir_.path() / fmt::format("X{}", number); }

    /// Somebody who listens there.
    UniqueFd listen(int number) {
        UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path(number).c_str(), sizeof address.sun_path - 1);
        EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        EXPECT_EQ(::listen(fd.get(), 5), 0);
        return fd;
    }

    fakes::TempDir dir_;
};

TEST_F(Servers, AreThoseThatAnswer) {
    const auto server = listen(7);
    std::thread answering([&] { UniqueFd(::accept(server.get(), nullptr, nullptr)); });  // Hangs up at once.
    { const auto dead = listen(8); }
    EXPECT_THAT(servers_of(::getuid(), dir_.path()), ElementsAre(Server{.number = 7, .process = ::getpid()}));
    answering.join();
}

TEST_F(Servers, ThatStandStillAreSaidToBeSo) {
    const auto server = listen(7);
    EXPECT_THAT(servers_of(::getuid(), dir_.path()),
                ElementsAre(Server{.number = 7, .process = ::getpid(), .answers = false}));
}

TEST_F(Servers, OfSomebodyElseAreNone) {
    const auto server = listen(7);
    EXPECT_THAT(servers_of(::getuid() + 1, dir_.path()), IsEmpty());
}

TEST_F(Servers, AreNoOtherFiles) {
    const UniqueFd file(::open(path(7).c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    ASSERT_EQ(::symlink("X7", path(8).c_str()), 0);
    EXPECT_THAT(servers_of(::getuid(), dir_.path()), IsEmpty());
    EXPECT_THAT(servers_of(::getuid(), dir_.path() / "nowhere"), IsEmpty());
}

TEST(LocalNumber, IsThatOfADisplayOfThisMachine) {
    EXPECT_EQ(local_number(":1"), 1);
    EXPECT_EQ(local_number(":12.0"), 12);
    EXPECT_EQ(local_number("unix:3"), 3);
    EXPECT_FALSE(local_number("elsewhere:1"));
    EXPECT_FALSE(local_number(""));
    EXPECT_FALSE(local_number("nonsense"));
}

std::string entry(std::string_view host, std::string_view number, std::string_view method, std::string_view cookie) {
    std::string text("\1\0", 2);  // FamilyLocal
    for (const auto part : {host, number, method, cookie}) {
        text.push_back(static_cast<char>(part.size() >> 8));
        text.push_back(static_cast<char>(part.size() & 0xff));
        text += part;
    }
    return text;
}

TEST(Cookies, AreThoseOfTheDisplayAndThenThoseOfAny) {
    const auto file = entry("host", "", "MIT-MAGIC-COOKIE-1", "any") +
                      entry("host", "10", "MIT-MAGIC-COOKIE-1", "ten") +
                      entry("host", "1", "XDM-AUTHORIZATION-1", "other") +
                      entry("host", "1", "MIT-MAGIC-COOKIE-1", std::string(300, 'x'));
    EXPECT_THAT(cookies_in(file, 1), ElementsAre(std::string(300, 'x'), "any"));
    EXPECT_THAT(cookies_in(file, 10), ElementsAre("ten", "any"));
}

TEST(Cookies, OfAFileThatIsCutShortAreThoseBefore) {
    const auto whole =
        entry("host", "1", "MIT-MAGIC-COOKIE-1", "one") + entry("host", "1", "MIT-MAGIC-COOKIE-1", "two");
    for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_LE(cookies_in(whole.substr(0, size), 1).size(), 1U);
    EXPECT_THAT(cookies_in("no such file", 1), IsEmpty());
}

}  // namespace
}  // namespace doze::activity::x11::servers_test
