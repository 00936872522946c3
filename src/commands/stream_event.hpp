#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "commands/lists.hpp"
#include "core/model/kinds.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"
#include "core/presence/activity.hpp"
#include "core/presence/presence.hpp"
#include "core/view.hpp"

/// The events that a connection receives after EVENTS (docs/protocol.md, "Events"); protocol/ encodes them. Their views
/// and pointers are valid until the next engine step: encode them at once.
namespace doze::commands {

/// The greeting, a connection's first event.
struct Connected {
    std::string version;
};

/// The person, or their machine, did something.
struct UserActivity {
    core::Activity activity;
    int count;
};

enum class TimerPhase : std::uint8_t { start, tick, end };

/// "TIMER_TICK".
[[nodiscard]] std::string_view to_string(TimerPhase phase);

/// How long until the person is away, whatever they do: the timer of the original's dashboard.
struct PersonTimer {
    TimerPhase phase;
    core::Duration left;
    core::Duration whole;
};

struct PresenceChanged {
    core::PresenceState state;
    core::PresenceState before;
};

/// The countdown before a sleep.
struct CountdownStarted {
    struct NotKept {
        core::ResourceId id;
        core::Losses losses;
    };

    core::Duration left;
    core::Duration whole;
    std::vector<NotKept> not_kept;  ///< Resources that lose something in this sleep.
};

struct CountdownTick {
    core::Duration left;
    core::Duration whole;
};

struct CountdownEnded {
    core::PresenceState presence;
};

/// One item of a kind's lists.
struct ItemChanged {
    core::SystemView view;
    const core::KindInfo* kind;
    Row row;
};

/// Any item of a kind with `whole_list_in_events`.
struct ListChanged {
    core::SystemView view;
    const core::KindInfo* kind;
    std::vector<std::string> changed;  ///< Names of changed and new items; empty if items only disappeared.
    std::string region = {};           ///< The region that the listener shows; empty for all.
};

/// The listener read too slowly.
struct EventsLost {
    std::int64_t count;
};

using StreamEvent = std::variant<Connected, UserActivity, PersonTimer, PresenceChanged, CountdownStarted, CountdownTick,
                                 CountdownEnded, ItemChanged, ListChanged, EventsLost>;

/// The `type` that clients know it by: "PRESENCE".
[[nodiscard]] std::string type_of(const StreamEvent& event);

/// The type of a kind's changes: "AWS_ECS_UPDATE".
[[nodiscard]] std::string update_type(const core::KindInfo& kind);

/// All types.
[[nodiscard]] std::vector<std::string> stream_event_types();

}  // namespace doze::commands
