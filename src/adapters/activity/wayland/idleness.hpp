#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "core/model/time.hpp"
#include "core/presence/activity_signal.hpp"

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
