#include "adapters/activity/x11/environment.hpp"

#include "base/paths.hpp"

namespace doze::activity {

X11Environment X11Environment::of_process() {
    const auto environment = process_environment();
    const auto variable = [&](const char* name) { return environment(name).value_or(""); };
    return {.display = variable("DISPLAY"),
            .wayland_display = variable("WAYLAND_DISPLAY"),
            .session_type = variable("XDG_SESSION_TYPE")};
}

}  // namespace doze::activity
