#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::activity {

/// The environment variables that say where a Wayland desktop is.
struct WaylandEnvironment {
    std::string runtime_dir;  ///< XDG_RUNTIME_DIR; empty if not set.
    std::string display;      ///< WAYLAND_DISPLAY: a name in runtime_dir, or a path.
    std::string sway_socket;  ///< SWAYSOCK: a path.

    /// WAYLAND_DEBUG. libwayland writes all that comes in to stderr if it is set, window titles too.
    std::string debug;

    [[nodiscard]] static WaylandEnvironment of_process();
};

namespace wayland {

/// A socket that somebody answers at.
struct Endpoint {
    std::filesystem::path path;
    UniqueFd fd;  ///< Connected; does not block.
};

/// The paths where a compositor may be, best first: that of WAYLAND_DISPLAY, then every `wayland-*` of runtime_dir,
/// the newest first (a compositor that was restarted may have another name, and one that died may have left its own).
[[nodiscard]] std::vector<std::filesystem::path> compositor_sockets(const WaylandEnvironment& environment);

/// Those of them where somebody answers. Never blocks.
[[nodiscard]] std::vector<std::filesystem::path> answering_sockets(const WaylandEnvironment& environment);

/// The same for sway's own socket: SWAYSOCK, then `sway-ipc.*`.
[[nodiscard]] std::vector<std::filesystem::path> sway_sockets(const WaylandEnvironment& environment);

/// Connects to the first of `paths` where somebody answers. `not_found` if nobody does, `access_denied` if one that is
/// there refuses. `whom` for the message: "Wayland compositor". Never blocks.
[[nodiscard]] Result<Endpoint> connect_to_first(const std::vector<std::filesystem::path>& paths, std::string_view whom);

/// What to tell a person where nobody does.
[[nodiscard]] std::string no_session(const WaylandEnvironment& environment);

}  // namespace wayland
}  // namespace doze::activity
