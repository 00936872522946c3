#include "adapters/dbus/bus_environment.hpp"

#include <cstddef>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::dbus {
namespace {

class ASocket : public testing::Test {
   protected:
    /// `name` as the kernel wants it.
    void listen(const std::string& name) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, name.data(), name.size());
        const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
        ASSERT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
        ASSERT_EQ(::listen(socket_.get(), 8), 0);
    }

    fakes::TempDir dir_;
    UniqueFd socket_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
};

TEST_F(ASocket, IsReachableWhileItListens) {
    const std::string path = dir_.path() / "bus";
    EXPECT_FALSE(is_reachable("unix:path=" + path));
    listen(path);
    EXPECT_TRUE(is_reachable("unix:path=" + path));
    EXPECT_TRUE(is_reachable("unix:guid=0123,path=" + path));
    EXPECT_TRUE(is_reachable("unix:path=/nowhere;unix:path=" + path + ",guid=0123"));
    socket_.reset();
    EXPECT_FALSE(is_reachable("unix:path=" + path));
}

TEST_F(ASocket, MayHaveAnEscapedName) {
    listen(dir_.path() / "a bus");
    EXPECT_TRUE(is_reachable("unix:path=" + dir_.path().string() + "/a%20bus"));
}

TEST_F(ASocket, MayBeAbstract) {
    const std::string name = "doze-test-" + dir_.path().filename().string();
    listen(std::string(1, '\0') + name);
    EXPECT_TRUE(is_reachable("unix:abstract=" + name));
    EXPECT_FALSE(is_reachable("unix:path=" + name));
}

TEST(BusAddress, IsNotReachableWhereItIsNonsense) {
    for (const char* text :
         {"", ";", "unix:", "unix:path=", "unix:path=%", "unix:path=%2", "unix:path=%zz", "unix:path"}) {
        EXPECT_FALSE(is_reachable(text)) << text;
    }
    EXPECT_FALSE(is_reachable("unix:path=/" + std::string(200, 'x')));
}

TEST(BusAddress, IsTakenForReachableWhereOnlyAttemptsCanTell) {
    EXPECT_TRUE(is_reachable("tcp:host=localhost,port=1"));
}

}  // namespace
}  // namespace doze::dbus
