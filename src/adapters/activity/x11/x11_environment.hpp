#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace doze::activity {

/// The environment variables that locate the X display, and tell whether it is part of a Wayland session.
struct X11Environment {
    std::string display;          ///< DISPLAY; empty if not set.
    std::string wayland_display;  ///< WAYLAND_DISPLAY
    std::string session_type;     ///< XDG_SESSION_TYPE

    std::vector<std::string> cookies = {};  ///< Further cookies that may open the display.

    [[nodiscard]] static X11Environment of_process();
};

}  // namespace doze::activity

namespace doze::activity::x11 {

/// The cookies (MIT-MAGIC-COOKIE-1) in an X authority file for the display with this number: first those for it, then
/// those for any display. Pure; empty if the file is malformed.
[[nodiscard]] std::vector<std::string> cookies_in(std::string_view authority, int display);

/// The cookies that may open a server of this person: those of its own authority file (`server` is its process, 0 if
/// not known), then those of the person's own files.
[[nodiscard]] std::vector<std::string> cookies_for(pid_t server, int display);

}  // namespace doze::activity::x11

namespace doze::activity::x11 {

/// Where the X servers of this machine have their sockets (X.Org's Xtrans).
inline constexpr const char* sockets_folder = "/tmp/.X11-unix";

/// A running X server.
struct Server {
    int number = 0;       ///< Of its display.
    pid_t process = 0;    ///< 0: not known.
    bool answers = true;  ///< False: it accepts connections, but does not reply.

    bool operator==(const Server&) const = default;
};

/// The number of a display on this machine: 1 for ":1" and "unix:1.0"; empty for remote displays and malformed names.
[[nodiscard]] std::optional<int> local_number(const std::string& display);

/// The running servers whose sockets belong to `person`, by number; other users' servers say nothing about this person.
/// Sockets where nobody listens are ignored. Waits up to half a second for a server that does not reply.
[[nodiscard]] std::vector<Server> servers_of(uid_t person, const std::filesystem::path& folder = sockets_folder);

/// Why the local server with this number refuses a connection, in its own words. Blank if it gives no reason, empty
/// optional if there is no server. Waits up to half a second.
[[nodiscard]] std::optional<std::string> refusal_of(int number, const std::filesystem::path& folder = sockets_folder);

}  // namespace doze::activity::x11
