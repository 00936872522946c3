#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace doze::activity::wayland {

/// The number of the window that a window event of sway's (sway-ipc(7)) says now has the focus; none if the event is of
/// something else, or nonsense. Reads up to that number, which sway writes before the window's title, and keeps
/// nothing.
[[nodiscard]] std::optional<std::uint64_t> focused_window(std::string_view payload);

}  // namespace doze::activity::wayland
