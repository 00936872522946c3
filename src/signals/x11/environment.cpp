#include "signals/x11/environment.hpp"

#include <cstdlib>

namespace doze::signals {

namespace {

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

}  // namespace

X11Environment X11Environment::of_process() {
    return {.display = variable("DISPLAY"),
            .wayland_display = variable("WAYLAND_DISPLAY"),
            .session_type = variable("XDG_SESSION_TYPE")};
}

}  // namespace doze::signals
