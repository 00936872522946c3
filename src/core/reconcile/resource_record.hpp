#pragma once

#include <optional>
#include <vector>

#include "core/event.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/registration.hpp"

namespace doze::core {

enum class RequestVerb { start, stop, scale };

/// A person's command that waits for a look or for AWS's answer.
struct Order {
    RequestVerb verb;
    int desired = 0;             ///< For scale.
    std::vector<RequestId> ids;  ///< Everybody who asked for the same; all get the same reply.
    bool moved = false;          ///< The row is where it should go; what is left is AWS's answer.
};

/// What contradicts the journal, or would close a row of it. One answer may be wrong, or old: it is believed when a
/// look that was asked for long enough after the first answer says the same.
struct Doubt {
    Observation seen;
    TimePoint since;  ///< When the first answer came.
};

/// One resource that doze may act on, with what is known and intended of it.
struct ResourceRecord {
    ResourceId id;

    /// None where the person took the registration back while doze still owes a wake.
    std::optional<Registration> registration = std::nullopt;

    /// The open row of the journal.
    std::optional<JournalEntry> entry = std::nullopt;

    std::optional<Order> order = std::nullopt;

    /// Whose the resource is that is meant: the account in which it was first seen. Empty as long as that is not known.
    AccountId account = {};

    // What is seen of it. Only a look that was asked for after `fresh_from` tells how it is now.
    std::optional<Observation> seen = std::nullopt;
    TimePoint seen_at = TimePoint::min();  ///< When the look was asked for.
    TimePoint fresh_from = TimePoint::min();
    std::optional<TimePoint> describe_out = std::nullopt;  ///< A look is under way since.
    std::optional<Depth> describe_wanted = std::nullopt;   ///< What the plan's last pass wants of a look, if one,
    TimePoint describe_due = TimePoint::min();             ///< and from when on.
    TimePoint next_describe = TimePoint::min();            ///< Not before.
    int looks = 0;                                         ///< Since the last change, for growing pauses.
    int failed_describes = 0;                              ///< In a row.
    TimePoint answered_at = TimePoint::min();              ///< When the answer to the newest good look came.
    std::optional<Doubt> doubt = std::nullopt;

    // The calls of the entry's present step.
    bool call_out = false;
    std::optional<TimePoint> accepted_at = std::nullopt;  ///< AWS accepted a call.
    bool uncertain = false;                               ///< A call may have been done without an answer.
    TimePoint last_call = TimePoint::min();
    TimePoint next_call = TimePoint::min();   ///< Not before.
    int attempts = 0;                         ///< Errors in a row.
    bool give_up = false;                     ///< No further call in this step.
    bool saw_transit = false;                 ///< It was seen on its way since the call.
    std::optional<int> asked = std::nullopt;  ///< The desired size that the newest wake asked for,
    std::optional<int> taken = std::nullopt;  ///< and the one that AWS accepted.

    /// Looks asked for before then may not show yet what AWS says of the sleep that doze saw.
    std::optional<TimePoint> left_settles_at = std::nullopt;

    /// What the last wake was seen to have restored: a look that contradicts it may be an old one.
    std::optional<Size> restored = std::nullopt;

    TimePoint absent_since = TimePoint::min();  ///< When the person last went away, since doze started.

    // A hibernation that AWS can't do, or not yet.
    bool hibernating = false;                                ///< The call that is out asks for it.
    bool plainly = false;                                    ///< It is stopped instead.
    std::optional<TimePoint> not_hibernated = std::nullopt;  ///< Since then AWS says "not yet".

    /// This absence has been dealt with; what is awake from now on was woken by somebody else.
    bool settled_for_absence = false;

    /// A standing request of the person that it be awake: until they leave again, or ask for the opposite. Kept in
    /// the row (LedgerEntry::requested).
    bool requested_awake = false;

    /// What a scale order wants instead of the snapshot. Kept in the row (LedgerEntry::goal).
    std::optional<Size> scale_to = std::nullopt;

    /// It works and so stays awake for now: a sentence for a person.
    std::optional<std::string> busy = std::nullopt;

    /// What a dry run only shows: "be woken now (size 3)".
    std::optional<std::string> only_shown = std::nullopt;

    std::optional<Error> trouble = std::nullopt;  ///< Why the newest look or call failed, if it did.

    // What a person was told of once.
    bool told_erased = false;                         ///< That its sleep erases data: before that, none.
    bool told_stuck = false;                          ///< Of its state that does not pass, in this absence.
    bool was_there = false;                           ///< AWS has shown it.
    std::optional<TimePoint> missing = std::nullopt;  ///< AWS does not have it, since this look.
    bool told_missing = false;

    /// When the plan wants to see it again.
    std::optional<TimePoint> due = std::nullopt;

    [[nodiscard]] bool is_fresh() const { return seen && seen_at >= fresh_from; }

    /// Whose the resource is that anything is known of: that of the open row, else the one that is meant.
    [[nodiscard]] const AccountId& owner() const {
        return entry && !entry->account.str().empty() ? entry->account : account;
    }

    /// Did doze put it to sleep (and not, through doze, its person)?
    [[nodiscard]] bool asleep_by_doze() const {
        return entry && entry->owner == Initiator::doze &&
               (entry->step == SleepState::asleep || entry->step == SleepState::waking);
    }

    /// Did its person, through doze? It stays so until they say otherwise.
    [[nodiscard]] bool stopped_by_person() const {
        return entry && entry->owner == Initiator::person && entry->step == SleepState::asleep;
    }
};

}  // namespace doze::core
