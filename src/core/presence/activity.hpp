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
#include "core/presence/activity_signal.hpp"

namespace doze::core {

/// What clients are told of signs of life. Clicks are not among them: no source tells them from movement.
enum class Activity : std::uint8_t { keyboard, pointer, screen, window, audio };

inline constexpr std::array activities = {Activity::keyboard, Activity::pointer, Activity::screen, Activity::window,
                                          Activity::audio};

/// As clients know it: "KEYBOARD_ACTIVITY".
[[nodiscard]] std::string_view to_string(Activity activity);

/// As which activity a signal is told: `input` as that of the keyboard. None for `session`, which is a client's own
/// word or the desktop's, and never an echo to it.
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

/// Merges signals so that no more than one activity of a kind is told in its interval: the first at once, what
/// follows at the interval's end. A burst (ActivitySignal::ongoing) is one activity, told at its beginning: its end is
/// no new sign of life. Pure.
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
