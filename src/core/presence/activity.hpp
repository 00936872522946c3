#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/model/time.hpp"

namespace doze::core {

/// What kind of sign of life. Nothing more is ever known of it: no key, no title, no pixel.
enum class ActivityKind : std::uint8_t {
    keyboard,
    pointer,
    input,    ///< Keyboard, pointer or another device of the person's, where these can't be told apart.
    session,  ///< The person did something to their session, or told doze that they are there.
    screen,
    audio,
    window,
};

inline constexpr std::array signal_kinds = {ActivityKind::keyboard, ActivityKind::pointer, ActivityKind::input,
                                            ActivityKind::session,  ActivityKind::screen,  ActivityKind::audio,
                                            ActivityKind::window};

[[nodiscard]] std::string_view to_string(ActivityKind kind);

/// Whether it comes from an input device: keyboard, pointer or the like.
[[nodiscard]] constexpr bool is_input(ActivityKind kind) {
    return kind == ActivityKind::keyboard || kind == ActivityKind::pointer || kind == ActivityKind::input;
}

/// Whether only a person at the machine can cause it. Screen, audio and window signals can come from a
/// film or a page that redraws itself.
[[nodiscard]] constexpr bool is_physical(ActivityKind kind) {
    return is_input(kind) || kind == ActivityKind::session;
}

/// One sign of life.
struct ActivitySignal {
    ActivityKind kind;

    /// When it happened; may lie in the past (a source that learns of the last input only at its end).
    TimePoint at;

    /// The activity goes on until the same source sends a signal of the same kind with `ongoing` false. So a source
    /// that only hears of beginnings and ends need not poll.
    bool ongoing = false;

    /// SourceStatus::name of what saw it. Filled in by those who gather the sources.
    std::string source = {};

    bool operator==(const ActivitySignal&) const = default;
};

enum class SourceState : std::uint8_t {
    starting,
    running,
    unavailable,
    standby,  ///< Not needed: a better source runs.
    disabled,
};

inline constexpr std::array source_states = {SourceState::starting, SourceState::running, SourceState::unavailable,
                                             SourceState::standby, SourceState::disabled};

[[nodiscard]] std::string_view to_string(SourceState state);

/// What a source says of itself.
struct SourceStatus {
    std::string name;   ///< "x11-keyboard"
    ActivityKind kind;  ///< What it signals.
    SourceState state = SourceState::starting;
    std::string detail = {};  ///< Why it is unavailable and what to do, in plain words.

    /// It sees only some of the person's input (a gamepad, a terminal beside a desktop): its silence does not
    /// mean that nobody is there.
    bool partial = false;

    /// The person may be where it can't look (in another session of theirs). While this is set, presence is unknown,
    /// whatever the other sources see.
    bool hides = false;

    bool operator==(const SourceStatus&) const = default;
};

/// Whether doze can tell by this source that nobody is there.
[[nodiscard]] constexpr bool tells_absence(const SourceStatus& source) {
    return is_input(source.kind) && !source.partial && source.state == SourceState::running;
}

/// What happened to the person's session, told by the desktop.
enum class SessionEvent : std::uint8_t {
    locked,
    unlocked,
    lock_forgotten,  ///< The program that reported the lock is gone, so its lock no longer counts; nobody unlocked it.
    covered,         ///< A screensaver is in front, locked or not: screen changes are its own.
    uncovered,
    suspending,
    resumed,
    shutting_down,
};

/// What clients are told of signs of life. Clicks are not among them: no source tells them from movement.
enum class Activity : std::uint8_t { keyboard, pointer, screen, window, audio };

inline constexpr std::array activities = {Activity::keyboard, Activity::pointer, Activity::screen, Activity::window,
                                          Activity::audio};

/// As clients know it: "KEYBOARD_ACTIVITY".
[[nodiscard]] std::string_view to_string(Activity activity);

/// The activity that clients are told for a signal: the keyboard's for `input`. None for `session`, which comes from
/// a client or the desktop and is not echoed to them.
[[nodiscard]] std::optional<Activity> activity_of(ActivityKind kind);

/// How long after one activity the next of its kind is told at the earliest (docs/protocol.md, "Events").
[[nodiscard]] Duration interval_of(Activity activity);

/// Activities of one kind, merged.
struct Activities {
    Activity activity;
    int count = 1;  ///< How many, at least 1.
    TimePoint at;   ///< When the newest happened; may lie before it is told.

    bool operator==(const Activities&) const = default;
};

/// Limits what clients are told to one activity of a kind in each interval: the first is told at once, what follows is
/// merged and told at the interval's end. A burst (ActivitySignal::ongoing) is one activity, told at its beginning; its
/// end is no new sign of life. Pure.
class ActivityThrottle {
   public:
    void on_signal(const ActivitySignal& signal);
    /// A source that stopped running ends no burst any more.
    void on_source(const SourceStatus& status);

    /// What is to be told at `now`, which never goes back.
    [[nodiscard]] std::vector<Activities> due(TimePoint now);

    /// Nobody listens: what waits is never told. Bursts that go on stay known.
    void forget();

    /// When due() has something to tell, perhaps already past; none if nothing waits.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

   private:
    struct KindState {
        int waiting = 0;
        TimePoint newest = TimePoint::min();
        TimePoint not_before = TimePoint::min();  ///< The interval of what was last told ends here.
    };

    std::array<KindState, activities.size()> kinds_;
    std::set<std::pair<ActivityKind, std::string>> ongoing_;  ///< With the names of the sources.
};

}  // namespace doze::core
