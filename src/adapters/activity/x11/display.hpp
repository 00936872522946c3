#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>
#include <xcb/sync.h>
#include <xcb/xcb.h>
#include <xcb/xinput.h>

#include "adapters/activity/x11/bursts.hpp"
#include "adapters/activity/x11/x11_client.hpp"
#include "base/result.hpp"

namespace doze::activity::x11 {

/// The error of watch() for an X server that a Wayland compositor started.
inline constexpr const char* why_not_xwayland =
    "This X display is part of a Wayland session, where it only sees the input to X windows. doze does not count on "
    "it.";

/// The idle counters of an X server's devices, and alarms on them. Reads idle times, the pointer's position and the
/// list of devices; key codes never reach this process. (The server's answer about the position contains the state of
/// buttons and modifiers. It is not looked at.)
///
/// open() and watch() wait for the server's answers: microseconds for a local server, without limit for a remote one
/// that hangs. Nothing else blocks.
class Display {
   public:
    /// Events received since the last read().
    struct News {
        bool any = false;
        bool transition = false;       ///< Some counter crossed the idle threshold.
        bool devices_changed = false;  ///< Call watch() again.
        bool button = false;           ///< A button went down; only while watch_buttons(true).
    };

    /// `connection` must outlive the display. Fails if the server lacks an extension.
    [[nodiscard]] static Result<std::unique_ptr<Display>> open(const Connection& connection);

    /// Lists the devices and sets an alarm for both directions on each counter of the kinds that `settings` enables.
    /// May be called again.
    [[nodiscard]] Result<void> watch(const BurstSettings& settings);

    /// False if the server has only one idle time for all devices. Then a look has one reading.
    [[nodiscard]] bool separates_kinds() const { return separates_kinds_; }

    [[nodiscard]] News read();

    /// Requests a look. One at a time.
    void ask();
    [[nodiscard]] bool is_asked() const { return asked_.has_value(); }

    /// The look, once its answers are there; the caller fills in `at`, `suspended` and `button`.
    [[nodiscard]] std::optional<Look> answer();

    void watch_buttons(bool on);

   private:
    struct Device {
        int id;
        core::ActivityKind kind;
        xcb_sync_counter_t counter;
    };

    /// The pending requests of a look, in the order in which they were sent.
    struct Asked {
        std::vector<Device> devices;
        xcb_sync_query_counter_cookie_t begin;
        std::vector<xcb_sync_query_counter_cookie_t> counters;
        xcb_sync_query_counter_cookie_t end;
        std::optional<xcb_input_xi_query_device_cookie_t> axes;
        xcb_query_pointer_cookie_t pointer;
    };

    Display(xcb_connection_t* connection, xcb_window_t root) : connection_(connection), root_(root) {}

    [[nodiscard]] Result<void> negotiate();
    [[nodiscard]] Result<void> list(const BurstSettings& settings);
    void arm(const Device& device, core::Duration threshold);
    void select(xcb_input_device_id_t device, xcb_input_xi_event_mask_t mask, bool on);
    void take(const xcb_generic_event_t& event, News& news) const;

    xcb_connection_t* connection_;
    xcb_window_t root_;
    std::uint8_t alarm_event_ = 0;
    std::uint8_t input_opcode_ = 0;
    xcb_sync_counter_t server_time_ = 0;
    bool separates_kinds_ = true;
    std::vector<Device> devices_;
    std::vector<xcb_sync_alarm_t> alarms_;
    std::optional<Asked> asked_;
    bool buttons_ = false;
};

}  // namespace doze::activity::x11
