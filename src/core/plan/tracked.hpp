#pragma once

#include <optional>
#include <vector>

#include "core/event.hpp"
#include "core/ledger.hpp"
#include "core/observation.hpp"
#include "core/registration.hpp"

namespace doze::core {

/// One resource that doze may act on, with what is known and intended of it.
struct Tracked {
    ResourceId id;

    /// None where the person took the registration back while doze still owes a wake.
    std::optional<Registration> registration;

    std::optional<Observation> seen;
    TimePoint seen_at;

    /// The open row of the journal.
    std::optional<LedgerEntry> entry;

    /// This absence has been dealt with: asleep, left awake, or found asleep. What wakes from now on
    /// was woken by somebody else.
    bool settled_for_absence = false;

    bool look_out = false;   ///< A Look is under way.
    bool call_out = false;   ///< An Act is under way.
    bool accepted = false;   ///< AWS accepted a call of the entry's present step.
    TimePoint accepted_at;

    int attempts = 0;        ///< Calls of the present step that came back with an error, in a row.
    int looks = 0;           ///< Looks since the last change, for growing pauses.
    TimePoint next_look;     ///< Not before.
    TimePoint next_call;     ///< Not before.

    std::optional<Error> trouble;  ///< Why the newest look or call failed, if it did.

    /// Orders that get their reply when the present call comes back.
    std::vector<OrderId> waiting;

    [[nodiscard]] bool asleep_by_doze() const {
        return entry && entry->owner == Owner::doze && entry->step != Step::sleeping;
    }
};

}  // namespace doze::core
