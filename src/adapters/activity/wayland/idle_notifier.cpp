#include "adapters/activity/wayland/idle_notifier.hpp"

#include <algorithm>
#include <idle-client-protocol.h>
#include <utility>

#include "adapters/activity/wayland/ext_idle_notify.hpp"

namespace doze::activity::wayland {

namespace {

// Both protocols number these alike.
static_assert(ext_idle_notify::destroy_notification == ORG_KDE_KWIN_IDLE_TIMEOUT_RELEASE);

/// In the order of the events, of either protocol.
struct EventSink {
    void (*idled)(void* events, wl_proxy*);
    void (*resumed)(void* events, wl_proxy*);
};

// A copy is called, because the call may destroy the notification.
constexpr EventSink listener = {
    .idled =
        [](void* events, wl_proxy*) {
            if (const auto idled = static_cast<IdleNotification::Events*>(events)->idled) idled();
        },
    .resumed =
        [](void* events, wl_proxy*) {
            if (const auto resumed = static_cast<IdleNotification::Events*>(events)->resumed) resumed();
        },
};

}  // namespace

IdleNotification::IdleNotification(wl_proxy* proxy, Events events) : proxy_(proxy), events_(std::move(events)) {
    // libwayland takes every listener as an array of functions, and does not write to it.
    auto* const functions = reinterpret_cast<void (**)()>(const_cast<EventSink*>(&listener));
    wl_proxy_add_listener(proxy_, functions, &events_);
}

IdleNotification::~IdleNotification() {
    wl_proxy_marshal_flags(proxy_, ext_idle_notify::destroy_notification, nullptr, wl_proxy_get_version(proxy_),
                           WL_MARSHAL_FLAG_DESTROY);
}

std::unique_ptr<IdleNotifier> IdleNotifier::bind(const Connection& connection) {
    const auto bound = [&](const Global& global, const wl_interface& interface, std::uint32_t newest) {
        const std::uint32_t version = std::min(global.version, newest);
        auto* const proxy =
            static_cast<wl_proxy*>(wl_registry_bind(connection.registry(), global.name, &interface, version));
        return std::pair(proxy, version);
    };
    if (const Global* ext = connection.find(ext_idle_notify::notifier.name)) {
        const auto [proxy, version] = bound(*ext, ext_idle_notify::notifier, 2);
        return std::unique_ptr<IdleNotifier>(new IdleNotifier(proxy, true, version));
    }
    if (const Global* kde = connection.find(org_kde_kwin_idle_interface.name)) {
        const auto [proxy, version] = bound(*kde, org_kde_kwin_idle_interface, 1);
        return std::unique_ptr<IdleNotifier>(new IdleNotifier(proxy, false, version));
    }
    return nullptr;
}

IdleNotifier::~IdleNotifier() {
    if (is_ext_) {
        wl_proxy_marshal_flags(manager_, ext_idle_notify::destroy_notifier, nullptr, version_, WL_MARSHAL_FLAG_DESTROY);
    } else {
        wl_proxy_destroy(manager_);
    }
}

std::unique_ptr<IdleNotification> IdleNotifier::notify(wl_seat* seat, core::Duration timeout, Scope reach,
                                                       IdleNotification::Events events) const {
    const auto ms = static_cast<std::uint32_t>(timeout.count());
    wl_proxy* proxy = nullptr;
    if (is_ext_) {
        const bool input = reach == Scope::input && sees_through_inhibitors();
        proxy = wl_proxy_marshal_flags(
            manager_, input ? ext_idle_notify::get_input_idle_notification : ext_idle_notify::get_idle_notification,
            &ext_idle_notify::notification, version_, 0, nullptr, ms, seat);
    } else {
        auto* const manager = reinterpret_cast<org_kde_kwin_idle*>(manager_);
        proxy = reinterpret_cast<wl_proxy*>(org_kde_kwin_idle_get_idle_timeout(manager, seat, ms));
    }
    return std::make_unique<IdleNotification>(proxy, std::move(events));
}

}  // namespace doze::activity::wayland
