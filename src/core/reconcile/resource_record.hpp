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

/// A person's command that waits for a description or for AWS's answer.
struct Request {
    RequestVerb verb;
    int desired = 0;             ///< For scale.
    std::vector<RequestId> ids;  ///< Everybody who asked for the same; all get the same reply.

    enum class Stage {
        waiting,  ///< For a description that tells what to do.
        called,   ///< The row is where it should go; AWS's answer is the reply.
    };
    Stage stage = Stage::waiting;
};

/// What contradicts the journal, or would close a row of it. One answer may be wrong, or old: it is believed when a
/// description that was asked for long enough after the first answer says the same.
struct Doubt {
    Observation seen;
    TimePoint since;  ///< When the first answer came.
};

/// Describing one resource: what was asked and answered when, what is wanted, and the pauses between. Only a
/// description that was asked for after `fresh_from` tells how the resource is now.
struct Polling {
    TimePoint seen_at = TimePoint::min();      ///< When the newest good description was asked for,
    TimePoint answered_at = TimePoint::min();  ///< and when its answer came.
    TimePoint fresh_from = TimePoint::min();

    std::optional<TimePoint> out = std::nullopt;  ///< One is under way since.
    std::optional<Depth> wanted = std::nullopt;   ///< What the last reconciliation wants of one, if one,
    TimePoint due = TimePoint::min();             ///< and from when on.

    TimePoint next = TimePoint::min();  ///< None before.
    int count = 0;                      ///< Since the last change, for growing pauses.
    int failed = 0;                     ///< In a row.

    /// The pauses begin anew, with none.
    void hurry() {
        next = TimePoint::min();
        count = 0;
    }

    /// The same, and what was seen before `now` tells nothing any more.
    void restart(TimePoint now) {
        fresh_from = now;
        hurry();
    }
};

/// The calls of the open row in its present sleep state. Three things are known of them, each apart from the others:
/// whether one is out, what has become of them, and whether another one may follow.
struct CallState {
    /// The call that is out.
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

    bool given_up = false;              ///< No further one.
    TimePoint next = TimePoint::min();  ///< None before.
    TimePoint last = TimePoint::min();  ///< When the newest went out; whatever the sleep state.
    int attempts = 0;                   ///< Errors in a row.
    std::optional<int> asked = {};      ///< The desired size that the newest wake asked for,
    std::optional<int> taken = {};      ///< and the one that AWS accepted.

    // A hibernation that AWS can't do, or not yet.
    bool plainly = false;                          ///< It is stopped instead.
    std::optional<TimePoint> not_hibernated = {};  ///< Since then AWS says "not yet".

    [[nodiscard]] bool is_accepted() const { return outcome >= Outcome::accepted; }
    [[nodiscard]] bool may_have_happened() const { return outcome >= Outcome::uncertain; }

    /// Another sleep state: of its calls nothing is known yet.
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
    /// What AWS accepted did not come about.
    void fall_back() { outcome = Outcome::uncertain; }
};

/// One resource that doze may act on, with what is known and intended of it.
struct ResourceRecord {
    ResourceId id;

    /// None where the person took the registration back while doze still owes a wake.
    std::optional<Registration> registration = std::nullopt;

    /// The open row of the journal.
    std::optional<JournalEntry> entry = std::nullopt;

    std::optional<Request> request = std::nullopt;

    /// Whose the resource is that is meant: the account in which it was first seen. Empty as long as that is not known.
    AccountId account = {};

    std::optional<Observation> seen = std::nullopt;
    std::optional<Doubt> doubt = std::nullopt;
    Polling polling = {};
    CallState calls = {};

    /// Descriptions asked for before then may not show yet what AWS says of the sleep that doze saw.
    std::optional<TimePoint> left_reliable_from = std::nullopt;

    /// What the last wake was seen to have restored: a description that contradicts it may be an old one.
    std::optional<Size> restored = std::nullopt;

    TimePoint absent_since = TimePoint::min();  ///< When the person last went away, since doze started.

    /// This absence has been dealt with; what is awake from now on was woken by somebody else.
    bool settled_for_absence = false;

    /// A standing request of the person that it be awake: until they leave again, or ask for the opposite. Kept in
    /// the row (JournalEntry::requested).
    bool requested_awake = false;

    /// What a request to scale wants instead of the snapshot. Kept in the row (JournalEntry::goal).
    std::optional<Size> scale_to = std::nullopt;

    /// It works and so stays awake for now: a sentence for a person.
    std::optional<std::string> busy = std::nullopt;

    /// What a dry run only shows: "be woken now (size 3)".
    std::optional<std::string> only_shown = std::nullopt;

    std::optional<Error> trouble = std::nullopt;  ///< Why the newest description or call failed, if it did.

    // What a person was told of once.
    bool told_erased = false;                         ///< That its sleep erases data: before that, none.
    bool told_stuck = false;                          ///< Of its state that does not pass, in this absence.
    bool was_there = false;                           ///< AWS has shown it.
    std::optional<TimePoint> missing = std::nullopt;  ///< AWS does not have it, since this description.
    bool told_missing = false;

    /// When it is to be reconciled again.
    std::optional<TimePoint> due = std::nullopt;

    /// Does what was seen tell how it is now? Nothing does while a call is out.
    [[nodiscard]] bool is_fresh() const { return seen && !calls.in_flight && polling.seen_at >= polling.fresh_from; }

    /// It is to be reconciled at `when`, at the latest.
    void wait(TimePoint when) {
        if (!due || when < *due) due = when;
    }

    /// Everything about it is asked and tried anew.
    void restart(TimePoint now) {
        polling.restart(now);
        calls.next = TimePoint::min();
    }

    /// Whose the resource is that anything is known of: that of the open row, else the one that is meant.
    [[nodiscard]] const AccountId& owner() const {
        return entry && !entry->account.str().empty() ? entry->account : account;
    }

    /// Did doze put it to sleep (and not, through doze, its person)?
    [[nodiscard]] bool asleep_by_doze() const {
        return entry && entry->initiator == Initiator::doze &&
               (entry->sleep_state == SleepState::asleep || entry->sleep_state == SleepState::waking);
    }

    /// Did its person, through doze? It stays so until they say otherwise.
    [[nodiscard]] bool stopped_by_person() const {
        return entry && entry->initiator == Initiator::person && entry->sleep_state == SleepState::asleep;
    }
};

}  // namespace doze::core
