#pragma once

#include <string_view>

namespace doze::activity::gamepad {

/// Whether a device with these keys is a gamepad or a joystick: it has the first button of one. `keys` as in
/// /sys/class/input/eventN/device/capabilities/key: words of the size of a long, hexadecimal, the highest first.
[[nodiscard]] bool has_gamepad_buttons(std::string_view keys);

}  // namespace doze::activity::gamepad
