#pragma once

#include <functional>
#include <memory>
#include <wayland-client.h>

#include "adapters/activity/wayland/wayland_connection.hpp"
#include "core/model/time.hpp"

namespace doze::activity::wayland {

/// What an idle notification is kept from by.
enum class Scope {
    input,       ///< By input only.
    inhibitors,  ///< By input, and by whatever asks the desktop not to become idle.
};

/// Tells when a seat had no input for a time, and when it has again.
class IdleNotification {
   public:
    struct Events {
        std::function<void()> idled;
        std::function<void()> resumed;
    };

    /// Takes over `proxy`: of an ext_idle_notification_v1 or an org_kde_kwin_idle_timeout, which are alike.
    IdleNotification(wl_proxy* proxy, Events events);
    ~IdleNotification();
    IdleNotification(const IdleNotification&) = delete;
    IdleNotification& operator=(const IdleNotification&) = delete;

   private:
    wl_proxy* proxy_;
    Events events_;
};

/// The compositor's best idle interface.
class IdleNotifier {
   public:
    /// None if it has none.
    [[nodiscard]] static std::unique_ptr<IdleNotifier> bind(const Connection& connection);
    ~IdleNotifier();
    IdleNotifier(const IdleNotifier&) = delete;
    IdleNotifier& operator=(const IdleNotifier&) = delete;

    /// Whether Reach::input is to be had. Else all is Reach::inhibitors.
    [[nodiscard]] bool sees_through_inhibitors() const { return version_ >= 2; }

    /// Whether an inhibitor that begins may look like input (wlroots before it had version 2).
    [[nodiscard]] bool inhibitors_look_like_input() const { return is_ext_ && version_ == 1; }

    /// It is not idle at first, and is when `timeout` is over without input from now on.
    [[nodiscard]] std::unique_ptr<IdleNotification> notify(wl_seat* seat, core::Duration timeout, Scope reach,
                                                           IdleNotification::Events events) const;

   private:
    IdleNotifier(wl_proxy* manager, bool is_ext, std::uint32_t version)
        : manager_(manager), is_ext_(is_ext), version_(version) {}

    wl_proxy* manager_;
    bool is_ext_;  ///< Else KDE's.
    std::uint32_t version_;
};

}  // namespace doze::activity::wayland
