#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/reconcile/reconcile.hpp"

namespace doze::core {

/// How the reconciliation of a resource goes on.
enum class Next {
    wait,   ///< Until something happens, or is due.
    again,  ///< At once: the sleep state is another one.
};

/// One resource in one reconciliation: the moves that every sleep state is made of. Private to core/reconcile.
class Reconciler {
   public:
    Reconciler(ResourceRecord& resource, const Inputs& inputs, Batch& batch)
        : record(resource), out(batch), inputs_(inputs) {}

    ResourceRecord& record;
    Batch& out;

    [[nodiscard]] TimePoint now() const { return inputs_.now.boot; }
    [[nodiscard]] Duration check_interval() const { return inputs_.settings.check_interval; }

    /// What should be with it.
    [[nodiscard]] DesiredState desired() const { return desired_state(record, inputs_); }

    /// Asks for a description, now or when the pause is over (core/reconcile/describing sends it).
    Next describe(Depth depth = Depth::usual);

    /// The same, and what was seen until now tells nothing any more.
    Next describe_again(Depth depth = Depth::usual);

    /// Opens a row of the journal, or moves the open one on to another sleep state.
    void enter(SleepState state, Initiator initiator, const Size& snapshot);
    void enter(SleepState state) { enter(state, record.entry->initiator, record.entry->snapshot); }

    /// Moves the open row on to its wake, and says so.
    Next start_waking(Reason reason, std::string_view why = {});

    /// Writes the open row as it stands.
    void write();

    /// Closes the row.
    void close();

    /// Closes it and says why; what is awake stays so in this absence.
    Next close_settled(Level level, Reason reason, std::string text);

    /// Sends the call of the present sleep state, committed to the journal first. Waits if its pause is not over.
    void sleep() { send(Verb::sleep, {.id = record.id, .size = record.entry->snapshot}); }
    void wake(const Size& size) { send(Verb::wake, {.id = record.id, .size = size}); }

    /// A wake that leaves the desired size as it is: it is somebody's.
    void put_back();

    /// It is somebody else's now: once that is proven and what the sleep switched off is put back, the row closes.
    void let_go();

    /// Nothing is changed: what would be is shown (only_show) and said (the replies).
    [[nodiscard]] bool is_dry_run() const { return inputs_.settings.dry_run; }

    /// Tells, once, what a dry run does not do.
    void only_show(std::string what);

    void announce(Level level, Reason reason, std::string text);
    void reply(const Result<RequestResult>& result);
    void reply(std::string message);

    /// Was the sleep that is seen now done by the call of the open row?
    [[nodiscard]] bool is_own_sleep() const;

    /// Notes what AWS says of the sleep that is seen: what says the same at the wake is still doze's own sleep.
    void note_left();

    /// The same where a wake did not come about: whatever stopped it this time, it sleeps for the reason it did before.
    void note_left_again();

    /// The first description of a sleep may have been an old one: what AWS says of it once it must show counts.
    void correct_left();

    /// Does it still look as doze left it?
    [[nodiscard]] bool is_as_left() const;

    /// False until a second description, asked for long enough after the first answer, says the same as that one: an
    /// answer alone may be wrong, or old. Sees to it that it is asked for.
    [[nodiscard]] bool is_proven();

    /// What it shall be again, as far as doze changed it.
    [[nodiscard]] Size undone() const { return core::undone(record.id.kind, record.entry->snapshot, seen().size); }

    /// Is something that doze switched off or bounded still so? Bounds that can't be seen are so until AWS accepted a
    /// call.
    [[nodiscard]] bool is_owed() const;

    /// Somebody woke it in this absence, so it stays awake in it; false where it was awake before the person left.
    [[nodiscard]] bool is_awake_for_this_absence() const;

    /// When AWS starts what is seen asleep again by itself, if it does.
    [[nodiscard]] std::optional<WallTime> restart_time() const;

    /// Is that what happened, and nobody's wish?
    [[nodiscard]] bool is_restart() const;

    [[nodiscard]] bool just_called() const;
    [[nodiscard]] std::optional<Guard> guard() const;
    [[nodiscard]] const Observation& seen() const { return *record.seen; }
    [[nodiscard]] std::string name() const { return to_string(record.id); }

   private:
    /// The one place that sends. Here a call ends that may not go out: in a dry run, a sleep of doze's own while it is
    /// blind, before its pause is over. The intent goes along, and without the journal's commit of it no sleep leaves;
    /// so does the account, and with credentials of another one nothing does.
    void send(Verb verb, Target target);

    /// Only asleep, or in a wake whose sleep can't be told from the one before, is what AWS said of it still corrected.
    void end_correcting(SleepState next);

    const Inputs& inputs_;
};

[[nodiscard]] constexpr bool is_in_transit(Phase phase) {
    return phase == Phase::falling_asleep || phase == Phase::waking || phase == Phase::changing;
}

// One resource, by the sleep state of its open row.
[[nodiscard]] Next reconcile_awake(Reconciler& p);  ///< No row is open.
[[nodiscard]] Next reconcile_left_awake(Reconciler& p);
[[nodiscard]] Next reconcile_sleeping(Reconciler& p);
[[nodiscard]] Next reconcile_asleep(Reconciler& p);
[[nodiscard]] Next reconcile_waking(Reconciler& p);
[[nodiscard]] Next reconcile_letting_go(Reconciler& p);

/// The same, whatever the sleep state, of what is in a state that does not pass.
[[nodiscard]] Next reconcile_stuck(Reconciler& p);

/// Is what is seen another one, made anew under the same name?
[[nodiscard]] bool is_another(const JournalEntry& entry, const Observation& seen);

/// What doze owes a wake is gone, or another one took its name.
[[nodiscard]] Next reconcile_lost(Reconciler& p);
[[nodiscard]] inline bool is_lost(const Reconciler& p) {
    return p.seen().phase == Phase::gone || is_another(*p.record.entry, p.seen());
}

/// What a resource with a call under way wants first: to be described, to be there, and to have arrived somewhere. None
/// once it has.
[[nodiscard]] std::optional<Next> await_rest(Reconciler& p);

/// Carries a person's request on.
[[nodiscard]] Next reconcile_request(Reconciler& p);

/// Is what was seen said of the resource that the row, or the registration, is about? Why not, where it is of another
/// account, or where that can't be known now. What is not known of the resource itself yet is taken from what was seen:
/// a registration's account is the one where the resource is first seen, a row's the one where the resource looks as
/// doze left it.
[[nodiscard]] std::optional<Error> check_owner(Reconciler& p, const Observation& seen);

}  // namespace doze::core
