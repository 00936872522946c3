// The connection to the X server by itself, where the source does not show enough of it.
#include "adapters/activity/x11/display.hpp"

#include <cstdlib>
#include <cstring>
#include <functional>
#include <gmock/gmock.h>
#include <optional>
#include <poll.h>

#include "xvfb.hpp"

namespace doze::activity::x11 {
namespace {

using testing::Xvfb;

class ADisplay : public ::testing::Test {
   protected:
    void SetUp() override {
        auto connected = Connection::open(server_.display());
        ASSERT_TRUE(connected) << connected.error().text();
        connection_.emplace(std::move(*connected));
        auto opened = Display::open(*connection_);
        ASSERT_TRUE(opened) << opened.error().text();
        display_ = std::move(*opened);
        ASSERT_TRUE(display_->watch({}));
    }

    void until(const std::function<bool()>& condition) {
        while (!condition()) {
            pollfd ready{.fd = connection_->fd(), .events = POLLIN, .revents = 0};
            ASSERT_EQ(::poll(&ready, 1, 60'000), 1) << "it never happened";
        }
    }

    Look look() {
        std::optional<Look> look;
        display_->ask();
        until([&] {
            news_.devices_changed |= display_->read().devices_changed;
            look = display_->answer();
            return look.has_value();
        });
        return *look;
    }

    Xvfb server_;
    std::optional<Connection> connection_;
    std::unique_ptr<Display> display_;
    Display::News news_;
};

TEST_F(ADisplay, ReadsTheFourDevicesOfXvfb) {
    EXPECT_TRUE(display_->separates_kinds());
    int pointers = 0;
    const Look seen = look();
    for (const DeviceReading& device : seen.devices) pointers += device.kind == core::ActivityKind::pointer ? 1 : 0;
    EXPECT_EQ(seen.devices.size(), 4U);
    EXPECT_EQ(pointers, 2);
    EXPECT_GT(seen.server_time, core::Duration(0));
}

TEST_F(ADisplay, TellsOfNewDevicesAndReadsThem) {
    const std::size_t before = look().devices.size();

    // A second pair of masters brings two XTEST devices of its own.
    const Handle<xcb_connection_t, xcb_disconnect> client(xcb_connect(server_.display().c_str(), nullptr));
    const Handle<xcb_input_xi_query_version_reply_t, std::free> version(
        xcb_input_xi_query_version_reply(client.get(), xcb_input_xi_query_version(client.get(), 2, 2), nullptr));
    const struct {
        xcb_input_add_master_t head;
        char name[4];
    } second{.head = {.type = XCB_INPUT_HIERARCHY_CHANGE_TYPE_ADD_MASTER,
                      .len = 3,
                      .name_len = 3,
                      .send_core = 1,
                      .enable = 1},
             .name = "two"};
    const auto cookie = xcb_input_xi_change_hierarchy_checked(
        client.get(), 1, reinterpret_cast<const xcb_input_hierarchy_change_t*>(&second));
    const Handle<xcb_generic_error_t, std::free> error(xcb_request_check(client.get(), cookie));
    ASSERT_FALSE(error);

    until([&] {
        news_.devices_changed |= display_->read().devices_changed;
        return news_.devices_changed;
    });
    ASSERT_TRUE(display_->watch({}));
    EXPECT_EQ(look().devices.size(), before + 2);
}

}  // namespace
}  // namespace doze::activity::x11
