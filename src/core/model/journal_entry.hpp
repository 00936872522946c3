#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/model/resource.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// How far a sleep has come. A row of the journal exists from before the first call until the resource
/// was seen restored.
enum class SleepState {
    sleeping,  ///< Intent: to be put to sleep; the call may or may not have gone out.
    asleep,    ///< Seen asleep.
    waking,    ///< Intent: to be woken; the call may or may not have gone out.

    /// Somebody else woke it while the person was away, or doze could not put it to sleep: left alone
    /// until the person comes back.
    left_awake,

    /// Somebody else changed it, so it is theirs: what the sleep suspended or bounded is restored, then the row closes.
    letting_go,
};

[[nodiscard]] std::string_view to_string(SleepState state);

/// Who asked for the sleep or the wake. By itself, doze wakes only what it put to sleep by itself.
enum class Initiator { doze, person };

[[nodiscard]] std::string_view to_string(Initiator initiator);

/// One open row of the journal: what doze (or its person, through doze) put to sleep.
struct JournalEntry {
    ResourceId id;
    SleepState sleep_state = SleepState::sleeping;
    Initiator initiator = Initiator::doze;

    /// What the resource was before, enough to restore it. Never changes while the row is open.
    Size snapshot;

    WallTime opened_at;  ///< On AWS's clock, as all times of a row.

    /// When the newest call of this step was about to go out; none before the first.
    std::optional<WallTime> called_at = std::nullopt;

    /// What AWS reported when doze saw it asleep. If that differs at the wake, somebody else changed it since.
    std::optional<Size> left_size = std::nullopt;
    std::optional<WallTime> left_changed_at = std::nullopt;

    /// When AWS will start it again by itself. A start around that time was nobody's wish.
    std::optional<WallTime> restarts_at = std::nullopt;

    /// The account that owns it; empty until that is known.
    AccountId account = {};

    /// When AWS created the resource. One of the same name with another time is not the one that sleeps.
    std::optional<WallTime> created_at = std::nullopt;

    /// The person asked for it to be awake, and that stands.
    bool requested = false;

    /// The size that a request asked for, restored in place of the snapshot.
    std::optional<Size> goal = std::nullopt;

    bool operator==(const JournalEntry&) const = default;
};

}  // namespace doze::core
