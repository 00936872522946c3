#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"

namespace doze::core {

enum class RequestVerb { start, stop, scale };

/// A person's command in progress: it waits for a description, or for AWS's answer.
struct Request {
    RequestVerb verb;
    int desired = 0;             ///< For scale.
    std::vector<RequestId> ids;  ///< Everybody who asked for the same; all get the same reply.

    enum class Stage {
        waiting,  ///< For a description that tells what to do.
        called,   ///< The row has moved to the sleep state that was asked for; AWS's answer gives the reply.
    };
    Stage stage = Stage::waiting;
};

/// An answer that contradicts the journal, or would close a row of it. It may be wrong, or old, so it is believed only
/// when a description that was asked for `proof_takes` after it says the same.
struct Doubt {
    Observation seen;
    TimePoint since;  ///< When the first answer came.
};

/// The descriptions of one resource: when the last were asked for and answered, which is wanted next, and the pauses
/// between them. Only one that was asked for at or after `fresh_from` tells how the resource is now.
struct Polling {
    TimePoint seen_at = TimePoint::min();      ///< When the newest good description was asked for,
    TimePoint answered_at = TimePoint::min();  ///< and when its answer came.
    TimePoint fresh_from = TimePoint::min();

    std::optional<TimePoint> out = std::nullopt;  ///< When the one that is under way was asked for.
    std::optional<Depth> wanted = std::nullopt;   ///< The last reconciliation wants one of this depth,
    TimePoint due = TimePoint::min();             ///< from then on.

    TimePoint next = TimePoint::min();  ///< None is asked for before.
    int count = 0;                      ///< How many since the last change; their pauses grow.
    int failed = 0;                     ///< How many failed in a row.

    /// The pauses begin anew, with none.
    void hurry() {
        next = TimePoint::min();
        count = 0;
    }

    /// The same, and only a description asked for from `now` on counts as fresh.
    void restart(TimePoint now) {
        fresh_from = now;
        hurry();
    }
};

/// The calls of the open row in its present sleep state: whether one is under way, what has become of them, and whether
/// another one may follow. Each of the three is independent of the others.
struct CallState {
    /// The call that is under way.
    struct InFlight {
        bool hibernates = false;
    };
    std::optional<InFlight> in_flight = std::nullopt;

    /// The most that has become of any of them.
    enum class Outcome {
        none,       ///< Nothing was called, or AWS said no.
        uncertain,  ///< One may have been carried out, without an answer.
        accepted,   ///< AWS accepted one;
        under_way,  ///< and what it asked for was seen on its way since.
    };
    Outcome outcome = Outcome::none;
    TimePoint accepted_at = TimePoint::min();  ///< The newest that was.

    bool given_up = false;              ///< No further call is made.
    TimePoint next = TimePoint::min();  ///< No call is made before.
    TimePoint last = TimePoint::min();  ///< When the newest call went out, in any sleep state.
    int attempts = 0;                   ///< Errors in a row.
    std::optional<int> asked = {};      ///< The desired size that the newest wake asked for,
    std::optional<int> taken = {};      ///< and the one that AWS accepted.

    // A hibernation that AWS can't do, or not yet.
    bool plainly = false;                          ///< It is stopped instead of hibernated.
    std::optional<TimePoint> not_hibernated = {};  ///< When AWS first said that it can't hibernate it (yet).

    [[nodiscard]] bool is_accepted() const { return outcome >= Outcome::accepted; }
    [[nodiscard]] bool may_have_happened() const { return outcome >= Outcome::uncertain; }

    /// The row enters another sleep state, which has no calls yet.
    void restart() { *this = CallState{.last = last}; }

    void send(TimePoint now, bool hibernates) {
        in_flight = InFlight{hibernates};
        last = now;
    }
    void accept(TimePoint now) {
        if (!is_accepted()) outcome = Outcome::accepted;
        accepted_at = now;
        if (asked) taken = asked;
    }
    void doubt() {
        if (!may_have_happened()) outcome = Outcome::uncertain;
    }
    void see_under_way() {
        if (is_accepted()) outcome = Outcome::under_way;
    }
    /// AWS accepted the call, but the resource fell back to its earlier state.
    void fall_back() { outcome = Outcome::uncertain; }
};

/// One resource that doze may act on, with what is known and intended of it.
struct ResourceRecord {
    ResourceId id;

    /// None if it is not registered: it was unregistered while doze owes it a wake, or a command named it.
    std::optional<Registration> registration = std::nullopt;

    /// The open row of the journal.
    std::optional<JournalEntry> entry = std::nullopt;

    std::optional<Request> request = std::nullopt;

    /// The account in which the resource was first seen; answers of other accounts are not about it. Empty until known.
    AccountId account = {};

    std::optional<Observation> seen = std::nullopt;
    std::optional<Doubt> doubt = std::nullopt;
    Polling polling = {};
    CallState calls = {};

    /// Only descriptions asked for from then on surely show AWS's word on doze's own sleep; earlier ones may be old.
    std::optional<TimePoint> left_reliable_from = std::nullopt;

    /// The size that was seen after the last wake. A description that contradicts it may be an old one.
    std::optional<Size> restored = std::nullopt;

    TimePoint absent_since = TimePoint::min();  ///< When the person last went away, since doze started.

    /// doze has acted on this absence. What is awake after that was woken by somebody else, or must stay awake.
    bool absence_handled = false;

    /// A standing request of the person that it be awake: until they leave again, or ask for the opposite. Kept in
    /// the row (JournalEntry::requested).
    bool requested_awake = false;

    /// What a request to scale wants instead of the snapshot. Kept in the row (JournalEntry::goal).
    std::optional<Size> scale_to = std::nullopt;

    /// Why it is too busy to sleep now, as a sentence for a person.
    std::optional<std::string> busy = std::nullopt;

    /// What would be done now if this were no dry run: "be woken now (size 3)".
    std::optional<std::string> only_shown = std::nullopt;

    std::optional<Error> trouble = std::nullopt;  ///< Why the newest description or call failed, if it did.

    // What a person was told of once.
    bool told_erased = false;  ///< That its sleep erases data; before that it is not put to sleep.
    bool told_stuck = false;   ///< In this absence: that its state does not pass by itself.
    bool was_there = false;    ///< AWS has shown it before.
    std::optional<TimePoint> missing = std::nullopt;  ///< Since when AWS does not have it.
    bool told_missing = false;                        ///< That AWS does not have it.

    /// When it is to be reconciled again.
    std::optional<TimePoint> due = std::nullopt;

    /// Does what was seen tell how the resource is now? Not while a call is under way.
    [[nodiscard]] bool is_fresh() const { return seen && !calls.in_flight && polling.seen_at >= polling.fresh_from; }

    /// Reconcile it again at `when` at the latest.
    void wait(TimePoint when) {
        if (!due || when < *due) due = when;
    }

    /// It is described anew, and calls may be tried at once.
    void restart(TimePoint now) {
        polling.restart(now);
        calls.next = TimePoint::min();
    }

    /// The account that owns the resource: that of the open row if it is known, else the one where it was first seen.
    [[nodiscard]] const AccountId& owner() const {
        return entry && !entry->account.str().empty() ? entry->account : account;
    }

    /// Did doze put it to sleep by itself, and not by a person's command?
    [[nodiscard]] bool asleep_by_doze() const {
        return entry && entry->initiator == Initiator::doze &&
               (entry->sleep_state == SleepState::asleep || entry->sleep_state == SleepState::waking);
    }

    /// Was it put to sleep by a person's command? Then it stays asleep until a command starts it.
    [[nodiscard]] bool stopped_by_person() const {
        return entry && entry->initiator == Initiator::person && entry->sleep_state == SleepState::asleep;
    }
};

}  // namespace doze::core
