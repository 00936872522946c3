#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <wayland-client.h>
#include <wayland-util.h>

#include "adapters/activity/wayland/wayland_connection.hpp"
#include "core/model/time.hpp"
#include "core/presence/activity.hpp"

namespace doze::activity::wayland {

/// What keeps an idle notification from becoming idle.
enum class Scope {
    input,       ///< By input only.
    inhibitors,  ///< By input, and by whatever asks the desktop not to become idle.
};

/// Reports when a seat has had no input for a time, and when it has input again.
class IdleNotification {
   public:
    struct Events {
        std::function<void()> idled;
        std::function<void()> resumed;
    };

    /// Takes ownership of `proxy`: an ext_idle_notification_v1 or an org_kde_kwin_idle_timeout, which are alike.
    IdleNotification(wl_proxy* proxy, Events events);
    ~IdleNotification();
    IdleNotification(const IdleNotification&) = delete;
    IdleNotification& operator=(const IdleNotification&) = delete;

   private:
    wl_proxy* proxy_;
    Events events_;
};

/// The compositor's best idle interface.
class IdleNotifier {
   public:
    /// Null if the compositor has no idle interface.
    [[nodiscard]] static std::unique_ptr<IdleNotifier> bind(const Connection& connection);
    ~IdleNotifier();
    IdleNotifier(const IdleNotifier&) = delete;
    IdleNotifier& operator=(const IdleNotifier&) = delete;

    /// Whether Scope::input is supported. If not, every notification has Scope::inhibitors.
    [[nodiscard]] bool sees_through_inhibitors() const { return version_ >= 2; }

    /// Whether the start of an inhibitor may look like input (wlroots before it supported version 2).
    [[nodiscard]] bool inhibitors_look_like_input() const { return is_ext_ && version_ == 1; }

    /// A notification that starts as not idle and becomes idle after `timeout` without input from now on.
    [[nodiscard]] std::unique_ptr<IdleNotification> notify(wl_seat* seat, core::Duration timeout, Scope reach,
                                                           IdleNotification::Events events) const;

   private:
    IdleNotifier(wl_proxy* manager, bool is_ext, std::uint32_t version)
        : manager_(manager), is_ext_(is_ext), version_(version) {}

    wl_proxy* manager_;
    bool is_ext_;  ///< Else KDE's protocol.
    std::uint32_t version_;
};

}  // namespace doze::activity::wayland

// The protocol ext-idle-notify-v1, version 2, written by hand: Debian 12's wayland-protocols (1.31) describes
// version 1, which lacks the request that ignores idle inhibitors.
// https://wayland.app/protocols/ext-idle-notify-v1
namespace doze::activity::wayland::ext_idle_notify {

extern const wl_interface notifier;      ///< ext_idle_notifier_v1
extern const wl_interface notification;  ///< ext_idle_notification_v1

/// Opcodes of the notifier's requests. The last two take a new notification, milliseconds and a wl_seat.
inline constexpr int destroy_notifier = 0;
inline constexpr int get_idle_notification = 1;
inline constexpr int get_input_idle_notification = 2;  ///< Since version 2.

/// Opcodes of a notification's request and of its events, which have no arguments.
inline constexpr int destroy_notification = 0;
inline constexpr int idled = 0;
inline constexpr int resumed = 1;

}  // namespace doze::activity::wayland::ext_idle_notify

namespace doze::activity::wayland {

struct IdlenessSettings {
    /// The timeout of the seats' notifications.
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// While something asks the desktop not to become idle, notifications report nothing.
    bool hidden_by_inhibitors = false;

    /// A `resumed` event counts only once the probe has answered.
    bool inhibitors_look_like_input = false;
};

/// A point in time, and the machine's total time in suspend by then, since boot.
struct Moment {
    core::TimePoint at;
    core::Duration suspended{};
};

/// Turns idle notifications into signals. Pure: no Wayland, no clock.
///
/// Each seat has a notification. It reports nothing until its seat is idle for the first time; only then is earlier
/// input known. Input is ongoing while any seat is not idle.
///
/// The probe is a further notification with the shortest possible timeout: it becomes idle in any pause of the person's
/// input, however short, unless idleness is inhibited. So a probe that does not answer shows an inhibitor. If the
/// inhibitor hides input, the ongoing signal ends at the last certain moment, and all notifications must be made anew
/// when the probe answers.
class Idleness {
   public:
    using Seat = std::uint32_t;
    using Said = std::optional<core::ActivitySignal>;

    explicit Idleness(IdlenessSettings settings) : settings_(settings) {}

    /// A notification for the seat was just made, for the first time or anew.
    void watch(Seat seat, Moment now);
    [[nodiscard]] Said unwatch(Seat seat, Moment now);

    [[nodiscard]] Said idled(Seat seat, Moment now);
    [[nodiscard]] Said resumed(Seat seat, Moment now);

    /// Whether a probe must answer before anything is reported.
    [[nodiscard]] bool awaits_probe() const { return unconfirmed_.has_value(); }
    [[nodiscard]] Said probe_answered(Moment now);
    [[nodiscard]] Said probe_is_silent(Moment now);

    [[nodiscard]] bool is_inhibited() const { return inhibited_; }
    /// Inhibited, and therefore blind to input.
    [[nodiscard]] bool is_hidden() const { return inhibited_ && settings_.hidden_by_inhibitors; }

    /// The compositor is lost: ends the ongoing signal.
    [[nodiscard]] Said end(Moment now);

   private:
    struct SeatState {
        enum { fresh, active, idle } state;
        Moment since;
    };

    [[nodiscard]] Said begin(Moment at);
    [[nodiscard]] bool any_active() const;

    IdlenessSettings settings_;
    std::map<Seat, SeatState> seats_;
    std::optional<Moment> ongoing_;      ///< When the reported signal began.
    std::optional<Moment> unconfirmed_;  ///< The signal to report if the probe answers.
    core::TimePoint certain_;            ///< When the probe last answered, or input began.
    bool inhibited_ = false;
};

}  // namespace doze::activity::wayland
