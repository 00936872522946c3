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

/// One resource in one reconciliation, with the operations that the sleep states share. Private to core/reconcile.
class Reconciler {
   public:
    Reconciler(ResourceRecord& resource, const ReconcileContext& context, Batch& batch)
        : record(resource), out(batch), context_(context) {}

    ResourceRecord& record;
    Batch& out;

    [[nodiscard]] TimePoint now() const { return context_.now.boot; }
    [[nodiscard]] Duration check_interval() const { return context_.settings.check_interval; }

    /// What should be with it.
    [[nodiscard]] DesiredState desired() const { return desired_state(record, context_); }

    /// Wants a description, now or when the pause is over; send_describes() sends it. Returns Next::wait.
    Next describe(Depth depth = Depth::usual);

    /// The same, and only a description asked for from now on counts as fresh.
    Next describe_again(Depth depth = Depth::usual);

    /// Opens a row of the journal, or moves the open one on to another sleep state.
    void enter(SleepState state, Initiator initiator, const Size& snapshot);
    void enter(SleepState state) { enter(state, record.entry->initiator, record.entry->snapshot); }

    /// Moves the open row on to `waking` and announces it. `why` is added to the announcement.
    Next start_waking(Reason reason, std::string_view why = {});

    /// Writes the open row as it stands.
    void write();

    /// Closes the row.
    void close();

    /// Closes the row and announces `text`. Nothing further is done about the resource in this absence.
    Next close_for_absence(Level level, Reason reason, std::string text);

    /// Sends the call of the present sleep state, committed to the journal first. Waits if its pause is not over.
    void sleep() { send(Verb::sleep, {.id = record.id, .size = record.entry->snapshot}); }
    void wake(const Size& size) { send(Verb::wake, {.id = record.id, .size = size}); }

    /// Restores what the sleep suspended or bounded, and leaves the desired size, which somebody else set.
    void put_back();

    /// Somebody else changed the resource, so it is theirs. Closes the row, after restoring what the sleep suspended.
    void let_go();

    /// In a dry run no call goes out; what would be done is shown (only_show) and told in replies.
    [[nodiscard]] bool is_dry_run() const { return context_.settings.dry_run; }

    /// Shows, and announces once, what would be done if this were no dry run.
    void only_show(std::string what);

    void announce(Level level, Reason reason, std::string text);
    void reply(const Result<RequestResult>& result);
    void reply(std::string message);

    /// Was it the call of the open row that put it to sleep, and nobody else?
    [[nodiscard]] bool is_own_sleep() const;

    /// Notes what AWS says of the sleep that is seen. If it says the same at the wake, the sleep is still doze's own.
    void note_left();

    /// The same after a wake that failed: whatever stopped the resource now, the sleep is still the one of the row.
    void note_left_again();

    /// Replaces what was noted if that was an old answer, as soon as a description surely shows this sleep.
    void correct_left();

    /// Is it still in the sleep that doze left it in, as far as AWS's word on the last change tells?
    [[nodiscard]] bool is_as_left() const;

    /// Whether what is seen is confirmed by a second description, asked for at least `proof_takes` after the first
    /// answer: one answer alone may be wrong, or old. If not, sees to it that one is asked for.
    [[nodiscard]] bool is_proven();

    /// The size to restore, as far as doze changed it (core::undone).
    [[nodiscard]] Size undone() const { return core::undone(record.id.kind, record.entry->snapshot, seen().size); }

    /// Is something that the sleep changed still to be restored? Bounds that can't be read count as not restored until
    /// AWS has accepted a call.
    [[nodiscard]] bool is_owed() const;

    /// Was it woken in this absence? Then it stays awake in it. False if it was awake before the person left.
    [[nodiscard]] bool is_awake_for_this_absence() const;

    /// When AWS starts what is seen asleep again by itself, if it does.
    [[nodiscard]] std::optional<WallTime> restart_time() const;

    /// Did AWS start it by itself, and nobody else?
    [[nodiscard]] bool is_restart() const;

    /// What is seen may be from before the newest call: it was asked for within `call_takes_effect_within` of it.
    [[nodiscard]] bool just_called() const;

    /// As guard_of().
    [[nodiscard]] std::optional<Guard> guard() const;
    [[nodiscard]] const Observation& seen() const { return *record.seen; }
    [[nodiscard]] std::string name() const { return to_string(record.id); }

   private:
    /// The only place that sends calls. Sends nothing in a dry run, before the pause after a refusal is over, or, for a
    /// sleep that is doze's own decision, while doze is blind. The call carries two conditions that are checked when it
    /// is made: its intent must be committed to the journal first (a sleep), and its account must be that of the
    /// credentials that sign it.
    void send(Verb verb, Target target);

    /// Ends correct_left() unless it is still needed in the sleep state `next`.
    void end_correcting(SleepState next);

    const ReconcileContext& context_;
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

/// A resource in a state that does not pass by itself, whatever its sleep state.
[[nodiscard]] Next reconcile_stuck(Reconciler& p);

/// Is what is seen another resource, created anew under the same name?
[[nodiscard]] bool is_another(const JournalEntry& entry, const Observation& seen);

/// The resource is gone, or another one has its name: closes the row once that is certain.
[[nodiscard]] Next reconcile_lost(Reconciler& p);
[[nodiscard]] inline bool is_lost(const Reconciler& p) {
    return p.seen().phase == Phase::gone || is_another(*p.record.entry, p.seen());
}

/// Before a call's outcome can be judged: waits for a fresh description, and until the resource is no longer in
/// transit; deals with one that is gone. None once it is at rest.
[[nodiscard]] std::optional<Next> await_rest(Reconciler& p);

/// Carries a person's request on.
[[nodiscard]] Next reconcile_request(Reconciler& p);

/// Checks that `seen` is about the resource of the row or registration, and not about one of the same name in another
/// account. Returns an error (`other_account`) if it is another account's, or if that can't be known now and the answer
/// would make doze forget what it owes. If the resource's own account is not known yet, it becomes the one of `seen`:
/// for a registration that of the first answer, for a row that of an answer in which the resource looks as doze left
/// it.
[[nodiscard]] std::optional<Error> check_owner(Reconciler& p, const Observation& seen);

}  // namespace doze::core
