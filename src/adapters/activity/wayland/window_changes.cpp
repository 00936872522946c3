#include "adapters/activity/wayland/window_changes.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <cstring>
#include <fmt/format.h>
#include <limits>
#include <plasma-window-management-client-protocol.h>
#include <string_view>
#include <sys/prctl.h>
#include <utility>

namespace doze::activity::wayland {

namespace {

/// The first version whose window objects can be released. Later versions only add events.
constexpr std::uint32_t version = 4;

std::string why_none(const Connection& connection) {
    if (connection.find("org_kde_plasma_shell") != nullptr) {
        // KWin identifies its client through /proc, which is closed to it if the client's memory is private.
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
    // The first answer brings the windows, the second their states, which are requested after the first.
    connection_->after_all([this] { connection_->after_all([this] { news_.running(); }); });
}

void PlasmaWindows::add(std::uint32_t id) {
    auto* const proxy = org_kde_plasma_window_management_get_window(manager_, id);
    auto window = std::make_unique<Window>(*this, id, proxy);
    wl_proxy_add_dispatcher(reinterpret_cast<wl_proxy*>(proxy), handle, nullptr, window.get());
    windows_[id] = std::move(window);
}

int PlasmaWindows::handle(const void*, void* proxy, std::uint32_t, const wl_message* event, wl_argument* arguments) {
    // The event is in memory of its own, which libwayland frees later without wiping it.
    std::size_t argument = 0;
    for (const char type : std::string_view(event->signature)) {
        if (std::string_view("iufsonah").find(type) == std::string_view::npos)
            continue;  // A version digit, or '?' for "may be null".
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

namespace {

using boost::system::error_code;

// A message is "i3-ipc", then length and type in native byte order, then the payload.
constexpr std::string_view magic = "i3-ipc";
constexpr std::uint32_t subscribe_type = 2;
constexpr std::uint32_t window_event = 0x8000'0003;
constexpr std::string_view window_events_only = R"(["window"])";

/// The description of a window has a few KiB.
constexpr std::size_t longest_payload = 1 << 20;

std::string message(std::uint32_t type, std::string_view payload) {
    const auto size = static_cast<std::uint32_t>(payload.size());
    std::string text(magic);
    text.append(reinterpret_cast<const char*>(&size), sizeof size);
    text.append(reinterpret_cast<const char*>(&type), sizeof type);
    return text.append(payload);
}

}  // namespace

SwayWindows::SwayWindows(boost::asio::io_context& io, std::weak_ptr<void> owner, WindowNews news)
    : socket_(io), owner_(std::move(owner)), news_(std::move(news)) {}

Result<std::shared_ptr<SwayWindows>> SwayWindows::open(boost::asio::io_context& io, Endpoint endpoint,
                                                       std::weak_ptr<void> owner, WindowNews news) {
    const std::shared_ptr<SwayWindows> windows(new SwayWindows(io, std::move(owner), std::move(news)));
    windows->path_ = endpoint.path.string();
    error_code error;
    windows->socket_.assign(boost::asio::local::stream_protocol(), endpoint.fd.get(), error);
    if (error) {
        return Error{.code = ErrorCode::internal,
                     .message = fmt::format("The connection to sway cannot be watched: {}.", error.message())};
    }
    (void)endpoint.fd.release();
    windows->subscribe();
    return windows;
}

void SwayWindows::close() {
    closed_ = true;
    error_code ignored;
    socket_.close(ignored);
}

template <class Then>
auto SwayWindows::guarded(Then then) {
    return [weak = weak_from_this(), owner = owner_, then](const error_code& error, std::size_t) {
        const auto keep = owner.lock();
        const auto self = weak.lock();
        if (!keep || !self || self->closed_) return;
        if (error) return self->lose("went away");
        then(*self);
    };
}

void SwayWindows::subscribe() {
    const auto text = std::make_shared<const std::string>(message(subscribe_type, window_events_only));
    boost::asio::async_write(socket_, boost::asio::buffer(*text),
                             guarded([text](SwayWindows& self) { self.read_header(); }));
}

void SwayWindows::read_header() {
    boost::asio::async_read(socket_, boost::asio::buffer(header_),
                            guarded([](SwayWindows& self) { self.read_payload(); }));
}

void SwayWindows::read_payload() {
    std::uint32_t size = 0;
    std::memcpy(&size, header_.data() + magic.size(), sizeof size);
    std::memcpy(&type_, header_.data() + magic.size() + sizeof size, sizeof type_);
    size_ = size;
    if (!std::string_view(header_.data(), header_.size()).starts_with(magic) || size_ > longest_payload) {
        return lose("does not speak sway's protocol");
    }
    payload_ = std::make_unique<char[]>(size_);
    boost::asio::async_read(socket_, boost::asio::buffer(payload_.get(), size_),
                            guarded([](SwayWindows& self) { self.take(); }));
}

void SwayWindows::take() {
    const std::string_view payload(payload_.get(), size_);
    const bool success = payload.find("true") != std::string_view::npos;
    const auto window = type_ == window_event ? focused_window(payload) : std::nullopt;
    explicit_bzero(payload_.get(), size_);
    payload_.reset();
    if (type_ == subscribe_type) {
        if (!success) return lose("does not tell of windows");
        news_.running();
    }
    if (window) news_.active(*window);
    if (!closed_) read_header();
}

void SwayWindows::lose(const std::string& how) {
    close();
    news_.lost({.code = ErrorCode::internal,
                .message = fmt::format("The sway at {} {}.", path_, how),
                .next_step = "doze looks again by itself."});
}

namespace {

namespace json = boost::json;
using boost::system::error_code;

/// A JSON handler that keeps `change` and `container.id`, and stops the parser when it has both.
class Reader {
   public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    [[nodiscard]] std::optional<std::uint64_t> focused() const { return focus_ == true ? id_ : std::nullopt; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return enter(); }
    bool on_object_end(std::size_t, error_code&) { return leave(); }
    bool on_array_begin(error_code&) { return enter(); }
    bool on_array_end(std::size_t, error_code&) { return leave(); }
    bool on_key_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_key(json::string_view key, std::size_t size, error_code&) {
        if (key.size() != size) key = {};  // Only the last part of a longer key.
        if (depth_ == 1) outer_ = key == "change" ? Key::change : key == "container" ? Key::container : Key::other;
        if (depth_ == 2) is_id_ = outer_ == Key::container && key == "id";
        return true;
    }
    bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string(json::string_view text, std::size_t, error_code& stop) {
        if (depth_ == 1 && outer_ == Key::change) focus_ = text == "focus";
        return go_on(stop);
    }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, error_code& stop) {
        return on_uint64(static_cast<std::uint64_t>(number), {}, stop);
    }
    bool on_uint64(std::uint64_t number, json::string_view, error_code& stop) {
        if (depth_ == 2 && is_id_) id_ = number;
        return go_on(stop);
    }
    bool on_double(double, json::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

   private:
    enum class Key { change, container, other };

    bool enter() {
        ++depth_;
        is_id_ = false;
        return true;
    }
    bool leave() {
        --depth_;
        return true;
    }
    [[nodiscard]] bool go_on(error_code& stop) const {
        if (focus_ == false || (focus_ && id_)) stop = json::error::exception;
        return !stop;
    }

    int depth_ = 0;
    Key outer_ = Key::other;
    bool is_id_ = false;
    std::optional<bool> focus_;
    std::optional<std::uint64_t> id_;
};

}  // namespace

std::optional<std::uint64_t> focused_window(std::string_view payload) {
    json::basic_parser<Reader> parser{json::parse_options{}};
    error_code ignored;  // Either the handler stopped the parser, or the JSON is malformed.
    parser.write_some(false, payload.data(), payload.size(), ignored);
    return parser.handler().focused();
}

}  // namespace doze::activity::wayland
