#include "adapters/activity/wayland/wayland_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

#include "base/paths.hpp"

namespace doze::activity {

namespace {

namespace fs = std::filesystem;

/// The sockets in `folder` whose names begin with `beginning`, newest first.
std::vector<fs::path> newest_sockets(const fs::path& folder, std::string_view beginning) {
    std::vector<std::pair<fs::file_time_type, fs::path>> found;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code ignored;
        if (!entry->path().filename().string().starts_with(beginning) || !entry->is_socket(ignored)) continue;
        found.emplace_back(entry->last_write_time(ignored), entry->path());
    }
    std::ranges::sort(found, std::greater<>());
    std::vector<fs::path> paths;
    paths.reserve(found.size());
    for (auto& [time, path] : found) paths.push_back(std::move(path));
    return paths;
}

std::vector<fs::path> candidates(const std::string& named, const std::string& folder, std::string_view beginning) {
    std::vector<fs::path> paths;
    if (!named.empty()) paths.push_back(fs::path(folder) / named);
    if (folder.empty()) return paths;
    for (fs::path& path : newest_sockets(folder, beginning)) {
        if (std::ranges::find(paths, path) == paths.end()) paths.push_back(std::move(path));
    }
    return paths;
}

/// The connection, or errno.
std::pair<UniqueFd, int> connect_to(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) return {UniqueFd(), ENAMETOOLONG};
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd || ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return {UniqueFd(), errno};
    }
    return {std::move(fd), 0};
}

}  // namespace

WaylandEnvironment WaylandEnvironment::of_process() {
    const auto environment = process_environment();
    const auto variable = [&](const char* name) { return environment(name).value_or(""); };
    return {.runtime_dir = variable("XDG_RUNTIME_DIR"),
            .display = variable("WAYLAND_DISPLAY"),
            .sway_socket = variable("SWAYSOCK"),
            .debug = variable("WAYLAND_DEBUG")};
}

namespace wayland {

std::vector<fs::path> compositor_sockets(const WaylandEnvironment& environment) {
    return candidates(environment.display, environment.runtime_dir, "wayland-");
}

std::vector<fs::path> answering_sockets(const WaylandEnvironment& environment) {
    auto paths = compositor_sockets(environment);
    std::erase_if(paths, [](const fs::path& path) { return !connect_to(path).first; });
    return paths;
}

std::vector<fs::path> sway_sockets(const WaylandEnvironment& environment) {
    return candidates(environment.sway_socket, environment.runtime_dir, "sway-ipc.");
}

Result<Endpoint> connect_to_first(const std::vector<fs::path>& paths, std::string_view whom) {
    std::optional<Error> refused;
    for (const fs::path& path : paths) {
        auto [fd, error] = connect_to(path);
        if (fd) return Endpoint{.path = path, .fd = std::move(fd)};
        const bool absent = error == ENOENT || error == ECONNREFUSED || error == ENOTDIR;
        if (absent || refused) continue;
        refused = Error{.code = error == EACCES || error == EPERM ? ErrorCode::access_denied : ErrorCode::internal,
                        .message = fmt::format("The {} at {} refuses doze: {}.", whom, path.string(),
                                               std::generic_category().message(error)),
                        .next_step = "Run doze as the user who is logged in to the desktop."};
    }
    if (refused) return *refused;
    return Error{.code = ErrorCode::not_found, .message = fmt::format("No {} answers.", whom)};
}

std::string no_session(const WaylandEnvironment& environment) {
    return fmt::format("No Wayland session: no compositor answers in {}. doze looks again by itself.",
                       environment.runtime_dir);
}

}  // namespace wayland

}  // namespace doze::activity

namespace doze::activity::wayland {

using boost::system::error_code;

const wl_registry_listener Connection::registry_listener = {
    .global =
        [](void* data, wl_registry*, std::uint32_t name, const char* interface, std::uint32_t version) {
            auto& self = *static_cast<Connection*>(data);
            self.globals_.push_back({.name = name, .interface = interface, .version = version});
            self.globals_changed_ = true;
        },
    .global_remove =
        [](void* data, wl_registry*, std::uint32_t name) {
            auto& self = *static_cast<Connection*>(data);
            std::erase_if(self.globals_, [&](const Global& global) { return global.name == name; });
            self.globals_changed_ = true;
        }};

const wl_callback_listener Connection::sync_listener = {.done = [](void* data, wl_callback*, std::uint32_t) {
    auto& self = *static_cast<Connection*>(data);
    self.sync_.reset();
    if (const auto then = std::exchange(self.then_, nullptr); then && !self.closed_) then();
}};

Connection::Connection(boost::asio::io_context& io, std::string path, std::weak_ptr<void> owner, Callbacks callbacks)
    : path_(std::move(path)), owner_(std::move(owner)), callbacks_(std::move(callbacks)), descriptor_(io) {}

Connection::~Connection() = default;

Result<std::shared_ptr<Connection>> Connection::open(boost::asio::io_context& io, Endpoint endpoint,
                                                     std::weak_ptr<void> owner, Callbacks callbacks) {
    const std::shared_ptr<Connection> connection(
        new Connection(io, endpoint.path.string(), std::move(owner), std::move(callbacks)));
    if (auto begun = connection->begin(std::move(endpoint.fd)); !begun) return begun.error();
    return connection;
}

Result<void> Connection::begin(UniqueFd fd) {
    UniqueFd watched(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 0));
    error_code error(errno, boost::system::system_category());
    if (watched) descriptor_.assign(watched.get(), error);
    if (error) {
        return Error{.code = ErrorCode::internal,
                     .message = fmt::format("The Wayland connection cannot be watched: {}.", error.message())};
    }
    (void)watched.release();
    // Takes the descriptor and closes it even on failure.
    display_.reset(wl_display_connect_to_fd(fd.release()));
    if (display_) registry_.reset(wl_display_get_registry(display_.get()));
    if (!registry_) return Error{.code = ErrorCode::internal, .message = "libwayland is out of memory."};
    wl_registry_add_listener(registry_.get(), &registry_listener, this);
    after_all([this] {
        globals_known_ = true;
        globals_changed_ = true;
    });
    flush();
    wait_to_read();
    return {};
}

const Global* Connection::find(std::string_view interface) const {
    const auto found = std::ranges::find(globals_, interface, &Global::interface);
    return found == globals_.end() ? nullptr : &*found;
}

void Connection::after_all(std::function<void()> then) {
    then_ = std::move(then);
    sync_.reset(wl_display_sync(display_.get()));
    if (sync_) wl_callback_add_listener(sync_.get(), &sync_listener, this);
}

void Connection::flush() {
    // On any other error reading fails too, and reports it.
    if (!closed_ && wl_display_flush(display_.get()) < 0 && errno == EAGAIN) wait_to_write();
}

void Connection::close() {
    closed_ = true;
    error_code ignored;
    descriptor_.cancel(ignored);
}

/// Handles all events received. Callbacks may close the connection; the caller keeps this object alive.
void Connection::pump() {
    // Fails while events are queued.
    while (wl_display_prepare_read(display_.get()) != 0) {
        if (wl_display_dispatch_pending(display_.get()) < 0) return lose();
    }
    if (wl_display_read_events(display_.get()) < 0 && errno != EAGAIN) return lose();
    if (wl_display_dispatch_pending(display_.get()) < 0) return lose();
    if (globals_known_ && std::exchange(globals_changed_, false) && !closed_) callbacks_.globals();
    flush();
    wait_to_read();
}

void Connection::wait_to_read() {
    if (closed_) return;
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                           [weak = weak_from_this(), owner = owner_](const error_code& error) {
                               const auto keep = owner.lock();
                               const auto self = weak.lock();
                               if (keep && self && !error && !self->closed_) self->pump();
                           });
}

void Connection::wait_to_write() {
    if (std::exchange(writing_, true)) return;
    descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_write,
                           [weak = weak_from_this()](const error_code& error) {
                               const auto self = weak.lock();
                               if (!self) return;
                               self->writing_ = false;
                               if (!error) self->flush();
                           });
}

void Connection::lose() {
    if (closed_) return;
    const bool protocol_error = wl_display_get_error(display_.get()) == EPROTO;
    close();
    callbacks_.lost({.code = ErrorCode::internal,
                     .message = protocol_error ? fmt::format("The Wayland compositor at {} broke off.", path_)
                                               : fmt::format("The Wayland compositor at {} went away.", path_),
                     .next_step = "doze looks again by itself."});
}

}  // namespace doze::activity::wayland
