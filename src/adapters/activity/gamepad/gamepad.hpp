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

/// Asks the kernel to deliver only button events to this open device: a stick that trembles then wakes nobody.
/// False if it does not (kernels before 4.4, or no input device).
bool deliver_only_buttons(int fd);

/// Whether a device with these keys is a gamepad or a joystick: it has the first button of one. `keys` as in
/// /sys/class/input/eventN/device/capabilities/key: words of the size of a long, hexadecimal, the highest first.
[[nodiscard]] bool has_gamepad_buttons(std::string_view keys);

}  // namespace gamepad

struct GamepadOptions {
    /// After a signal, the buttons are not looked at for this long.
    core::Duration interval = std::chrono::seconds(10);

    std::filesystem::path devices = "/dev/input";

    /// Where the kernel says what each device can do.
    std::filesystem::path capabilities = "/sys/class/input";

    std::function<bool(int fd)> deliver_only_buttons = gamepad::deliver_only_buttons;
};

/// The buttons of gamepads and joysticks. Reports the source "gamepad", and an input signal when a button was pressed
/// or let go; never which, and nothing of sticks and triggers, whose noise would keep anybody there. What the kernel
/// delivers is thrown away unseen. Other devices (keyboards) are never opened.
///
/// Says nothing of itself before a gamepad is there. Gamepads that come and go are followed. While one is plugged in
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
