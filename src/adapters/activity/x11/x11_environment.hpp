#pragma once

#include <filesystem>
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
