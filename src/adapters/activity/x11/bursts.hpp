#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/model/time.hpp"
#include "core/presence/activity.hpp"

namespace doze::activity::x11 {

struct Point {
    int x = 0;
    int y = 0;

    bool operator==(const Point&) const = default;
};

/// One reading of a keyboard or pointer device at the X server.
struct DeviceReading {
    int device = 0;  ///< The server's number for the device.
    core::ActivityKind kind = core::ActivityKind::keyboard;
    core::Duration idle{};  ///< Since its last event.

    /// Position reported by a pointer device, x and y; in the device's own units, finer than pixels.
    std::array<std::int64_t, 2> axes{};
};

/// All that doze ever knows of the person's input: when each device was last used, and where the pointer is.
struct Look {
    core::TimePoint at;
    core::Duration suspended{};          ///< The machine's total time in suspend since it booted.
    core::Duration server_time{};        ///< The X server's own clock when it began to answer.
    core::Duration span{};               ///< How long the server took to answer; readings differ by up to this.
    std::vector<DeviceReading> devices;  ///< Every slave device of both kinds.
    Point pointer;
    bool button = false;  ///< A button went down since the last look (known only while watch_buttons is set).
};

struct BurstSettings {
    bool keyboard = true;
    bool pointer = true;

    /// A device without events for this long is at rest. Must be shorter than the interval at which video players
    /// simulate input (about 30 s).
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// Pointer movement below this many pixels is no signal.
    int movement_threshold = 5;
};

struct Verdict {
    std::vector<core::ActivitySignal> signals;

    /// The verdict is still open: look again soon, even if no counter reports a transition.
    bool look_again = false;

    /// The next looks must know whether a button was pressed.
    bool watch_buttons = false;
};

/// Turns looks at the device counters into signals. Pure: no X11, no clock.
///
/// A burst is the time in which a device is never at rest. These begin or continue one:
/// - An event of a device. If *every* device was reset at once, it was not a person but a program that keeps
///    the screen on (`xset s reset`), or the start of the server; then only devices with younger events than
///    the oldest one count.
/// - Pointer movement of at least the threshold since the pointer was last at rest, or a click or scroll.
///    A smaller movement stays undecided while its burst lasts.
/// - A device that was plugged in, and a device that was in use before a suspend, count from their next event.
class Bursts {
   public:
    explicit Bursts(BurstSettings settings) : settings_(settings) {}

    /// The first look dates back the last event of each kind; a kind whose last event is that of all devices reports
    /// nothing. After that, call at every transition of a counter and whenever look_again asked for it.
    [[nodiscard]] Verdict judge(const Look& look);

    /// The display is lost: ends ongoing signals.
    [[nodiscard]] std::vector<core::ActivitySignal> end(core::TimePoint now);

   private:
    struct Device {
        core::ActivityKind kind;
        std::array<std::int64_t, 2> rest_axes{};
        bool awake = false;
        std::optional<core::Duration> ignored_until;  ///< In server time: events up to then do not count.
    };

    struct Kind {
        bool ongoing = false;
        /// Since when a program's events hide those of the person, if there are any.
        std::optional<core::TimePoint> masked_since;
    };

    /// All devices of one kind at one look.
    struct Summary {
        bool present = false;
        bool awake = false;      ///< Some device is not at rest.
        bool counts = false;     ///< Some device is not at rest because of a person.
        bool own = false;        ///< The youngest event is not that of all devices at once.
        bool unplugged = false;  ///< Some device that was not at rest is gone.
        bool shifted = false;    ///< Some device that counts moved since it was at rest, by however little.
        core::Duration youngest{};
    };

    using Summaries = std::array<Summary, 2>;

    [[nodiscard]] Summaries read(const Look& look);
    void settle(core::ActivityKind name, const Summary& summary, const Look& look, Verdict& verdict);
    [[nodiscard]] bool begins(core::ActivityKind kind, const Summary& summary, const Look& look);
    [[nodiscard]] double moved(const Look& look) const;
    [[nodiscard]] Kind& of(core::ActivityKind kind);

    BurstSettings settings_;
    bool started_ = false;
    core::Duration suspended_{};
    std::map<int, Device> devices_;
    std::array<Kind, 2> kinds_;  ///< Keyboard, pointer.
    Point rest_;                 ///< Where the pointer last was at rest.
    bool undecided_ = false;     ///< The pointer moved by less than the threshold.
};

}  // namespace doze::activity::x11
