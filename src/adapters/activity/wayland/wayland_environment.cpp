#include "adapters/activity/wayland/wayland_environment.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
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

/// The sockets of `folder` whose names begin like this, the newest first.
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
