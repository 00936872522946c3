#include "client.hpp"

#include <cstring>
#include <fake-input-client-protocol.h>
#include <idle-inhibit-unstable-v1-client-protocol.h>
#include <linux/input-event-codes.h>
#include <stdexcept>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>
#include <wayland-client.h>
#include <xdg-shell-client-protocol.h>

#include "adapters/activity/wayland/wayland_connection.hpp"
#include "base/handle.hpp"

namespace doze::testing {

namespace {

constexpr int side = 64;  // Of the window, in pixels.

const xdg_wm_base_listener base_listener = {
    .ping = [](void*, xdg_wm_base* base, std::uint32_t serial) { xdg_wm_base_pong(base, serial); }};

const xdg_surface_listener surface_listener = {
    .configure = [](void*, xdg_surface* surface, std::uint32_t serial) { xdg_surface_ack_configure(surface, serial); }};

}  // namespace

struct Client::Parts {
    wl_display* display = nullptr;
    wl_compositor* compositor = nullptr;
    wl_shm* shm = nullptr;
    xdg_wm_base* base = nullptr;
    org_kde_kwin_fake_input* input = nullptr;
    zwp_idle_inhibit_manager_v1* inhibitors = nullptr;
    wl_surface* surface = nullptr;
    xdg_toplevel* toplevel = nullptr;

    static const wl_registry_listener listener;

    std::vector<wl_proxy*> made;  ///< libwayland forgets them at the disconnection, and frees none.

    template <class T>
    T* keep(T* proxy) {
        made.push_back(reinterpret_cast<wl_proxy*>(proxy));
        return proxy;
    }

    ~Parts() {
        for (wl_proxy* const proxy : made) wl_proxy_destroy(proxy);
        if (display != nullptr) wl_display_disconnect(display);
    }

    void wait() const {
        if (wl_display_roundtrip(display) < 0) throw std::runtime_error("the compositor broke off");
    }
};

const wl_registry_listener Client::Parts::listener = {
    .global =
        [](void* data, wl_registry* registry, std::uint32_t name, const char* interface, std::uint32_t) {
            auto& parts = *static_cast<Parts*>(data);
            const auto bind = [&]<class T>(T*& proxy, const wl_interface& wanted, std::uint32_t version) {
                if (std::strcmp(interface, wanted.name) != 0) return;
                proxy = parts.keep(static_cast<T*>(wl_registry_bind(registry, name, &wanted, version)));
            };
            bind(parts.compositor, wl_compositor_interface, 1);
            bind(parts.shm, wl_shm_interface, 1);
            bind(parts.base, xdg_wm_base_interface, 1);
            bind(parts.input, org_kde_kwin_fake_input_interface, 4);
            bind(parts.inhibitors, zwp_idle_inhibit_manager_v1_interface, 1);
        },
    .global_remove = [](void*, wl_registry*, std::uint32_t) {}};

Client::Client(const std::filesystem::path& socket) : parts_(std::make_unique<Parts>()) {
    parts_->display = wl_display_connect(socket.c_str());
    if (parts_->display == nullptr) throw std::runtime_error("no compositor at " + socket.string());
    wl_registry_add_listener(parts_->keep(wl_display_get_registry(parts_->display)), &Parts::listener, parts_.get());
    parts_->wait();
    if (parts_->base != nullptr) xdg_wm_base_add_listener(parts_->base, &base_listener, nullptr);
    if (parts_->input != nullptr) org_kde_kwin_fake_input_authenticate(parts_->input, "doze", "test");
    parts_->wait();
}

Client::~Client() = default;

void Client::type() {
    for (const std::uint32_t state : {1U, 0U}) org_kde_kwin_fake_input_keyboard_key(parts_->input, KEY_A, state);
    parts_->wait();
}

void Client::move() {
    org_kde_kwin_fake_input_pointer_motion(parts_->input, wl_fixed_from_int(10), wl_fixed_from_int(10));
    parts_->wait();
}

void Client::open_window(const std::string& title) {
    static const xdg_toplevel_listener toplevel_listener = {
        .configure = [](void*, xdg_toplevel*, std::int32_t, std::int32_t, wl_array*) {},
        .close = [](void*, xdg_toplevel*) {},
        .configure_bounds = [](void*, xdg_toplevel*, std::int32_t, std::int32_t) {},
        .wm_capabilities = [](void*, xdg_toplevel*, wl_array*) {}};
    parts_->surface = parts_->keep(wl_compositor_create_surface(parts_->compositor));
    xdg_surface* const surface = parts_->keep(xdg_wm_base_get_xdg_surface(parts_->base, parts_->surface));
    xdg_surface_add_listener(surface, &surface_listener, nullptr);
    parts_->toplevel = parts_->keep(xdg_surface_get_toplevel(surface));
    xdg_toplevel_add_listener(parts_->toplevel, &toplevel_listener, nullptr);
    xdg_toplevel_set_title(parts_->toplevel, title.c_str());
    wl_surface_commit(parts_->surface);
    parts_->wait();

    constexpr int size = side * side * 4;
    const UniqueFd memory(::memfd_create("window", MFD_CLOEXEC));
    if (::ftruncate(memory.get(), size) != 0) throw std::runtime_error("no memory");
    wl_shm_pool* const pool = parts_->keep(wl_shm_create_pool(parts_->shm, memory.get(), size));
    wl_surface_attach(parts_->surface,
                      parts_->keep(wl_shm_pool_create_buffer(pool, 0, side, side, side * 4, WL_SHM_FORMAT_XRGB8888)), 0,
                      0);
    wl_surface_damage(parts_->surface, 0, 0, side, side);
    wl_surface_commit(parts_->surface);
    parts_->wait();
}

void Client::rename_window(const std::string& title) {
    xdg_toplevel_set_title(parts_->toplevel, title.c_str());
    parts_->wait();
}

void Client::inhibit_idle() {
    parts_->keep(zwp_idle_inhibit_manager_v1_create_inhibitor(parts_->inhibitors, parts_->surface));
    wl_surface_commit(parts_->surface);
    parts_->wait();
}

}  // namespace doze::testing
