#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace doze::activity {

/// The environment variables that say where X11 is, and whether it can be trusted.
struct X11Environment {
    std::string display;          ///< DISPLAY; empty if not set.
    std::string wayland_display;  ///< WAYLAND_DISPLAY
    std::string session_type;     ///< XDG_SESSION_TYPE

    std::vector<std::string> cookies = {};  ///< What else may open the display.

    [[nodiscard]] static X11Environment of_process();
};

}  // namespace doze::activity

namespace doze::activity::x11 {

/// The cookies (MIT-MAGIC-COOKIE-1) that a file of X authority holds for the display with this number: those that name
/// it, then those for any. Pure; what is no such file has none.
[[nodiscard]] std::vector<std::string> cookies_in(std::string_view authority, int display);

/// The cookies that may open a server of this person's: those of the file that it was started with (its process is
/// `server`; 0: not known), then those of the person's own files.
[[nodiscard]] std::vector<std::string> cookies_for(pid_t server, int display);

}  // namespace doze::activity::x11

namespace doze::activity::x11 {

/// Where X servers of this machine have their sockets (X.Org's Xtrans).
inline constexpr const char* sockets_folder = "/tmp/.X11-unix";

/// A server that somebody answers for.
struct Server {
    int number = 0;       ///< Of its display.
    pid_t process = 0;    ///< 0: not known.
    bool answers = true;  ///< False: it takes connections, and says nothing.

    bool operator==(const Server&) const = default;
};

/// The number of a display on this machine: 1 for ":1" and "unix:1.0"; none for those elsewhere and for what is none.
[[nodiscard]] std::optional<int> local_number(const std::string& display);

/// The running servers whose sockets belong to `person`, by number. What somebody else started is no witness of this
/// person, and a socket where nobody listens none of anybody. Waits a moment for one that says nothing.
[[nodiscard]] std::vector<Server> servers_of(uid_t person, const std::filesystem::path& folder = sockets_folder);

/// Why the local server with this number refuses, in its own words; empty where it says nothing, none where there is no
/// server. Waits a moment.
[[nodiscard]] std::optional<std::string> refusal_of(int number, const std::filesystem::path& folder = sockets_folder);

}  // namespace doze::activity::x11
