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

/// What an idle notification is kept from by.
enum class Scope {
    input,       ///< By input only.
    inhibitors,  ///< By input, and by whatever asks the desktop not to become idle.
};

/// Tells when a seat had no input for a time, and when it has again.
class IdleNotification {
   public:
    struct Events {
        std::function<void()> idled;
        std::function<void()> resumed;
    };

    /// Takes over `proxy`: of an ext_idle_notification_v1 or an org_kde_kwin_idle_timeout, which are alike.
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
    /// None if it has none.
    [[nodiscard]] static std::unique_ptr<IdleNotifier> bind(const Connection& connection);
    ~IdleNotifier();
    IdleNotifier(const IdleNotifier&) = delete;
    IdleNotifier& operator=(const IdleNotifier&) = delete;

    /// Whether Reach::input is to be had. Else all is Reach::inhibitors.
    [[nodiscard]] bool sees_through_inhibitors() const { return version_ >= 2; }

    /// Whether an inhibitor that begins may look like input (wlroots before it had version 2).
    [[nodiscard]] bool inhibitors_look_like_input() const { return is_ext_ && version_ == 1; }

    /// It is not idle at first, and is when `timeout` is over without input from now on.
    [[nodiscard]] std::unique_ptr<IdleNotification> notify(wl_seat* seat, core::Duration timeout, Scope reach,
                                                           IdleNotification::Events events) const;

   private:
    IdleNotifier(wl_proxy* manager, bool is_ext, std::uint32_t version)
        : manager_(manager), is_ext_(is_ext), version_(version) {}

    wl_proxy* manager_;
    bool is_ext_;  ///< Else KDE's.
    std::uint32_t version_;
};

}  // namespace doze::activity::wayland

// The protocol ext-idle-notify-v1 in its version 2, written down by hand: the description in Debian 12's
// wayland-protocols (1.31) is of version 1, which lacks the request that sees through idle inhibitors.
// https://wayland.app/protocols/ext-idle-notify-v1
namespace doze::activity::wayland::ext_idle_notify {

extern const wl_interface notifier;      ///< ext_idle_notifier_v1
extern const wl_interface notification;  ///< ext_idle_notification_v1

/// The requests of the notifier, by number. The last two take a new notification, milliseconds and a wl_seat.
inline constexpr int destroy_notifier = 0;
inline constexpr int get_idle_notification = 1;
inline constexpr int get_input_idle_notification = 2;  ///< Since version 2.

/// The request and the events (in this order, without arguments) of a notification.
inline constexpr int destroy_notification = 0;
inline constexpr int idled = 0;
inline constexpr int resumed = 1;

}  // namespace doze::activity::wayland::ext_idle_notify

namespace doze::activity::wayland {

struct IdlenessSettings {
    /// What the seats' notifications wait for.
    core::Duration idle_threshold = std::chrono::seconds(2);

    /// While something asks the desktop not to become idle, notifications tell nothing.
    bool hidden_by_inhibitors = false;

    /// What resumes counts only once the probe has answered.
    bool inhibitors_look_like_input = false;
};

/// A moment, and how long the machine had been suspended in all by then, since it booted.
struct Moment {
    core::TimePoint at;
    core::Duration suspended{};
};

/// Turns what idle notifications tell into signals. Pure: no Wayland, no clock.
///
/// Each seat has a notification; each says nothing until its seat first is idle, so that input from before that is
/// learned of then. Input is ongoing while any seat is not idle.
///
/// A probe is one more notification with the shortest timeout there is: it becomes idle in any pause of the person's
/// input, however short, but not while something inhibits that. So what it does not answer is inhibited. Where that
/// hides input, what was ongoing ends at the last moment that is certain, and all notifications are to be made anew
/// when the probe answers.
class Idleness {
   public:
    using Seat = std::uint32_t;
    using Said = std::optional<core::ActivitySignal>;

    explicit Idleness(IdlenessSettings settings) : settings_(settings) {}

    /// A notification for the seat was made just now, for the first time or anew.
    void watch(Seat seat, Moment now);
    [[nodiscard]] Said unwatch(Seat seat, Moment now);

    [[nodiscard]] Said idled(Seat seat, Moment now);
    [[nodiscard]] Said resumed(Seat seat, Moment now);

    /// Whether a probe should answer before anything is said.
    [[nodiscard]] bool awaits_probe() const { return unconfirmed_.has_value(); }
    [[nodiscard]] Said probe_answered(Moment now);
    [[nodiscard]] Said probe_is_silent(Moment now);

    [[nodiscard]] bool is_inhibited() const { return inhibited_; }
    /// Inhibited, and therefore blind.
    [[nodiscard]] bool is_hidden() const { return inhibited_ && settings_.hidden_by_inhibitors; }

    /// The compositor is lost: ends what is ongoing.
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
    std::optional<Moment> ongoing_;      ///< Said to have begun then.
    std::optional<Moment> unconfirmed_;  ///< What would be said if the probe answered.
    core::TimePoint certain_;            ///< When the probe last answered, or input began.
    bool inhibited_ = false;
};

}  // namespace doze::activity::wayland
