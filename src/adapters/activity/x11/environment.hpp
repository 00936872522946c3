#pragma once

#include <string>
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
