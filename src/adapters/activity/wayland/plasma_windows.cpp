#include "adapters/activity/wayland/plasma_windows.hpp"

#include <algorithm>
#include <cstring>
#include <plasma-window-management-client-protocol.h>
#include <string_view>
#include <sys/prctl.h>
#include <utility>

namespace doze::activity::wayland {

namespace {

/// The first version whose windows can be let go of. Later ones only tell more.
constexpr std::uint32_t version = 4;

std::string why_none(const Connection& connection) {
    if (connection.find("org_kde_plasma_shell") != nullptr) {
        // KWin asks /proc which program its client is, and that is closed to it for a process whose memory is private.
        if (::prctl(PR_GET_DUMPABLE) == 0) {
            return "KWin tells of the active window only to programs that it can identify, and can't identify doze, "
                   "which keeps its memory from other programs. Keyboard and mouse are seen all the same.";
        }
        return "KWin tells of the active window only to programs that are named to it: a .desktop file in "
               "/usr/share/applications (or ~/.local/share/applications) whose Exec is this program's path must have "
               "the "
               "line X-KDE-Wayland-Interfaces=org_kde_plasma_window_management. Install it, then log in again.";
    }
    return "This compositor does not tell programs of the active window (KWin and sway do; GNOME does not).";
}

}  // namespace

struct PlasmaWindows::Window {
    Window(PlasmaWindows& its_owner, std::uint32_t its_id, org_kde_plasma_window* its_proxy)
        : owner(its_owner), id(its_id), proxy(its_proxy) {}
    ~Window() { org_kde_plasma_window_destroy(proxy); }
    Window(const Window&) = delete;
    Window& operator=(const Window&) = delete;

    PlasmaWindows& owner;
    std::uint32_t id;
    org_kde_plasma_window* proxy;
};

PlasmaWindows::PlasmaWindows(WindowNews news) : news_(std::move(news)) {}

PlasmaWindows::~PlasmaWindows() {
    windows_.clear();
    if (manager_ != nullptr) org_kde_plasma_window_management_destroy(manager_);
    if (connection_) connection_->close();
}

Result<std::unique_ptr<PlasmaWindows>> PlasmaWindows::open(boost::asio::io_context& io, Endpoint endpoint,
                                                           std::weak_ptr<void> owner, WindowNews news) {
    std::unique_ptr<PlasmaWindows> windows(new PlasmaWindows(std::move(news)));
    auto opened = Connection::open(io, std::move(endpoint), std::move(owner),
                                   {.globals = [self = windows.get()] { self->settle(); },
                                    .lost = [self = windows.get()](const Error& why) { self->news_.lost(why); }});
    if (!opened) return opened.error();
    windows->connection_ = std::move(*opened);
    return windows;
}

void PlasmaWindows::settle() {
    if (manager_ != nullptr) return;
    const Global* const global = connection_->find(org_kde_plasma_window_management_interface.name);
    if (global == nullptr || global->version < version) return news_.unavailable(why_none(*connection_));

    static const org_kde_plasma_window_management_listener listener = {
        .show_desktop_changed = [](void*, auto*, std::uint32_t) {},
        .window = [](void* data, auto*, std::uint32_t id) { static_cast<PlasmaWindows*>(data)->add(id); },
        .stacking_order_changed = [](void*, auto*, wl_array*) {},
        .stacking_order_uuid_changed = [](void*, auto*, const char*) {},
        .window_with_uuid = [](void*, auto*, std::uint32_t, const char*) {},
    };
    manager_ = static_cast<org_kde_plasma_window_management*>(
        wl_registry_bind(connection_->registry(), global->name, &org_kde_plasma_window_management_interface, version));
    org_kde_plasma_window_management_add_listener(manager_, &listener, this);
    // The windows come with the first answer, and their states, asked for then, with the second.
    connection_->after_all([this] { connection_->after_all([this] { news_.running(); }); });
}

void PlasmaWindows::add(std::uint32_t id) {
    auto* const proxy = org_kde_plasma_window_management_get_window(manager_, id);
    auto window = std::make_unique<Window>(*this, id, proxy);
    wl_proxy_add_dispatcher(reinterpret_cast<wl_proxy*>(proxy), handle, nullptr, window.get());
    windows_[id] = std::move(window);
}

int PlasmaWindows::handle(const void*, void* proxy, std::uint32_t, const wl_message* event, wl_argument* arguments) {
    // The event is in memory of its own, which libwayland frees afterwards without wiping it.
    std::size_t argument = 0;
    for (const char type : std::string_view(event->signature)) {
        if (std::string_view("iufsonah").find(type) == std::string_view::npos)
            continue;  // A version, or "may be null".
        char* const text = type == 's' ? const_cast<char*>(arguments[argument].s) : nullptr;
        if (text != nullptr) explicit_bzero(text, std::strlen(text));
        ++argument;
    }
    auto& window = *static_cast<Window*>(wl_proxy_get_user_data(static_cast<wl_proxy*>(proxy)));
    PlasmaWindows& self = window.owner;
    const std::string_view name = event->name;
    if (name == "state_changed" && (arguments[0].u & ORG_KDE_PLASMA_WINDOW_MANAGEMENT_STATE_ACTIVE) != 0) {
        self.news_.active(window.id);
    } else if (name == "unmapped") {
        self.windows_.erase(window.id);
    }
    return 0;
}

}  // namespace doze::activity::wayland
