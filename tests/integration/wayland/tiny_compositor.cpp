#include "tiny_compositor.hpp"

#include <cstring>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>
#include <wayland-server-protocol.h>

#include "adapters/activity/wayland/idleness.hpp"

namespace doze::testing {

namespace ext = activity::wayland::ext_idle_notify;

/// The requests of the two interfaces, in the protocol's order.
struct TinyCompositor::Interface {
    using Get = void (*)(wl_client*, wl_resource*, std::uint32_t, std::uint32_t, wl_resource*);

    struct Notifier {
        void (*destroy)(wl_client*, wl_resource*);
        Get get_idle_notification;
        Get get_input_idle_notification;
    };
    struct Notification {
        void (*destroy)(wl_client*, wl_resource*);
    };

    static void destroy(wl_client*, wl_resource* resource) { wl_resource_destroy(resource); }

    template <bool input_only>
    static void get(wl_client* client, wl_resource* resource, std::uint32_t id, std::uint32_t timeout, wl_resource*) {
        auto& self = *static_cast<TinyCompositor*>(wl_resource_get_user_data(resource));
        self.create(client, resource, id, timeout, input_only);
    }

    static constexpr Notifier notifier = {
        .destroy = destroy, .get_idle_notification = get<false>, .get_input_idle_notification = get<true>};
    static constexpr Notification notification = {.destroy = destroy};

    static void bind(wl_client* client, void* data, std::uint32_t version, std::uint32_t id) {
        wl_resource* const resource = wl_resource_create(client, &ext::notifier, static_cast<int>(version), id);
        wl_resource_set_implementation(resource, &notifier, data, nullptr);
    }
    static void bind_seat(wl_client* client, void*, std::uint32_t version, std::uint32_t id) {
        wl_resource_create(client, &wl_seat_interface, static_cast<int>(version), id);
    }
};

TinyCompositor::TinyCompositor(const std::filesystem::path& socket, int seats, int version)
    : display_(wl_display_create()) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ::unlink(socket.c_str());
    if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), 8) != 0 || wl_display_add_socket_fd(display_.get(), fd.get()) != 0) {
        throw std::runtime_error("no socket at " + socket.string());
    }
    (void)fd.release();
    for (; seats > 0; --seats) {
        seat_ = wl_global_create(display_.get(), &wl_seat_interface, 1, this, Interface::bind_seat);
    }
    if (version > 0) wl_global_create(display_.get(), &ext::notifier, version, this, Interface::bind);
}

void TinyCompositor::run() {
    wl_event_loop_dispatch(wl_display_get_event_loop(display_.get()), 0);
    wl_display_flush_clients(display_.get());
}

void TinyCompositor::create(wl_client* client, wl_resource* notifier, std::uint32_t id, std::uint32_t timeout,
                            bool input_only) {
    wl_resource* const resource = wl_resource_create(client, &ext::notification, wl_resource_get_version(notifier), id);
    Notification& made = notifications_.emplace_back(
        Notification{.owner = *this, .resource = resource, .timeout = timeout, .input_only = input_only});
    const auto idled = [](void* data) {
        auto& notification = *static_cast<Notification*>(data);
        notification.idle = true;
        wl_resource_post_event(notification.resource, ext::idled);
        return 0;
    };
    made.timer = wl_event_loop_add_timer(wl_display_get_event_loop(display_.get()), idled, &made);
    wl_resource_set_implementation(resource, &Interface::notification, &made, [](wl_resource* gone) {
        auto& notification = *static_cast<Notification*>(wl_resource_get_user_data(gone));
        wl_event_source_remove(notification.timer);
        notification.owner.notifications_.remove_if([&](const Notification& one) { return &one == &notification; });
    });
    rearm(made);
}

void TinyCompositor::rearm(Notification& notification) {
    if (std::exchange(notification.idle, false)) wl_resource_post_event(notification.resource, ext::resumed);
    const bool heeds = inhibited_ && !notification.input_only;
    wl_event_source_timer_update(notification.timer, heeds ? 0 : static_cast<int>(notification.timeout));
}

void TinyCompositor::touch() {
    for (Notification& notification : notifications_) rearm(notification);
}

void TinyCompositor::inhibit(bool on) {
    inhibited_ = on;
    for (Notification& notification : notifications_) {
        if (!notification.input_only) rearm(notification);
    }
}

void TinyCompositor::unplug_seat() {
    wl_global_remove(std::exchange(seat_, nullptr));
}

}  // namespace doze::testing
