#pragma once

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

#include "adapters/activity/source.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

namespace gamepad {

/// Asks the kernel to deliver only button events of this open device, so that a drifting stick does not wake doze.
/// False on failure (kernels before 4.4, or not an input device).
bool deliver_only_buttons(int fd);

/// Whether a device with these keys is a gamepad or joystick: it has the first button of one. `keys` is the content of
/// /sys/class/input/eventN/device/capabilities/key: hexadecimal words of the size of a long, highest first.
[[nodiscard]] bool has_gamepad_buttons(std::string_view keys);

}  // namespace gamepad

struct GamepadOptions {
    /// After a signal, the buttons are ignored for this long.
    core::Duration interval = std::chrono::seconds(10);

    std::filesystem::path devices = "/dev/input";

    /// Where the kernel lists the capabilities of each device.
    std::filesystem::path capabilities = "/sys/class/input";

    std::function<bool(int fd)> deliver_only_buttons = gamepad::deliver_only_buttons;
};

/// The buttons of gamepads and joysticks; source "gamepad". Reports an input signal when a button was pressed or
/// released; never which. Sticks and triggers are ignored, because their noise would never end. Events are discarded
/// unread. Other devices (keyboards) are never opened.
///
/// Reports no status until a gamepad is there. Gamepads may be plugged in and out at any time. While one is plugged in
/// its device is open, which may keep the USB port from being suspended.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class Gamepad final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    Gamepad(boost::asio::io_context& io, const ports::Clock& clock, GamepadOptions options = {});

   private:
    class Watcher;
};

}  // namespace doze::activity
