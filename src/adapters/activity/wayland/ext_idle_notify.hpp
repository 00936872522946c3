#pragma once

#include <wayland-util.h>

// The protocol ext-idle-notify-v1 in its version 2, written down by hand: the description in Debian 12's
// wayland-protocols (1.31) is of version 1, which lacks the request that sees through idle inhibitors.
// https://wayland.app/protocols/ext-idle-notify-v1
namespace doze::activity::wayland::ext_idle_notify {

extern const wl_interface notifier;      ///< ext_idle_notifier_v1
extern const wl_interface notification;  ///< ext_idle_notification_v1

/// The requests of the notifier, by number. The last two take a new notification, milliseconds and a wl_seat.
inline constexpr int destroy_notifier = 0;
inline constexpr int get_idle_notification = 1;
inline constexpr int get_input_idle_notification = 2;  ///< Since version 2.

/// The request and the events (in this order, without arguments) of a notification.
inline constexpr int destroy_notification = 0;
inline constexpr int idled = 0;
inline constexpr int resumed = 1;

}  // namespace doze::activity::wayland::ext_idle_notify
