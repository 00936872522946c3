#include "adapters/activity/wayland/ext_idle_notify.hpp"

#include <array>
#include <wayland-client-protocol.h>

namespace doze::activity::wayland::ext_idle_notify {

namespace {

// One entry per argument; null where it is no object. Long enough for those without arguments as well.
constinit std::array<const wl_interface*, 3> arguments = {&notification, nullptr, &wl_seat_interface};

constexpr std::array notification_requests = {wl_message{"destroy", "", nullptr}};
constexpr std::array notification_events = {wl_message{"idled", "", nullptr}, wl_message{"resumed", "", nullptr}};

// The signature: since version 2; a new object, an unsigned number, an object.
const std::array notifier_requests = {wl_message{"destroy", "", nullptr},
                                      wl_message{"get_idle_notification", "nuo", arguments.data()},
                                      wl_message{"get_input_idle_notification", "2nuo", arguments.data()}};

}  // namespace

const wl_interface notification = {"ext_idle_notification_v1",   2, 1,
                                   notification_requests.data(), 2, notification_events.data()};
const wl_interface notifier = {"ext_idle_notifier_v1", 2, 3, notifier_requests.data(), 0, nullptr};

}  // namespace doze::activity::wayland::ext_idle_notify
