#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/reconcile/reconcile.hpp"

namespace doze::core {

/// One resource in one pass of the plan: the moves that every step is made of. Private to core/plan.
class Reconciler {
   public:
    Reconciler(ResourceRecord& tracked, const Inputs& inputs, Batch& decisions)
        : t(tracked), c(inputs), out(decisions) {}

    ResourceRecord& t;
    const Inputs& c;
    Batch& out;

    /// Asks for a look, now or when the pause is over (core/looks.hpp sends it).
    void look(Depth depth = Depth::usual);

    /// Waits until then.
    void wait(TimePoint until);

    /// Opens a row of the journal, or moves the open one on to another step.
    void enter(SleepState step, Initiator owner, const Size& snapshot);
    void enter(SleepState step) { enter(step, t.entry->owner, t.entry->snapshot); }

    /// Writes the open row as it stands.
    void record();

    /// Closes the row.
    void close();

    /// Sends the call of the present step, committed to the journal first. Waits if its pause is not over.
    void sleep() { send(Verb::sleep, {.id = t.id, .size = t.entry->snapshot}); }
    void wake(const Size& size) { send(Verb::wake, {.id = t.id, .size = size}); }

    /// A wake that leaves the desired size as it is: it is somebody's.
    void put_back();

    /// It is somebody else's now: once that is proven and what the sleep switched off is put back, the row closes.
    void let_go();

    /// Tells, once, what a dry run does not do.
    void only_show(std::string what);

    void announce(Level level, Reason reason, std::string text);
    void announce_waking(Reason reason, std::string_view why = {});
    void reply(const Result<RequestResult>& result);
    void reply(std::string message);

    /// Was the sleep that is seen now done by the call of the open row?
    [[nodiscard]] bool is_own_sleep() const;

    /// Does it still look as doze left it?
    [[nodiscard]] bool is_as_left() const;

    /// May a call of the open row have been carried out?
    [[nodiscard]] bool may_have_called() const { return t.accepted_at || t.uncertain; }

    /// False until a second look, asked for long enough after the first answer, says the same as that one: an answer
    /// alone may be wrong, or old. Sees to it that this look is asked for.
    [[nodiscard]] bool is_proven();

    /// What it shall be again, as far as doze changed it.
    [[nodiscard]] Size undone() const { return core::undone(t.id.kind, t.entry->snapshot, seen().size); }

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
    [[nodiscard]] const Observation& seen() const { return *t.seen; }
    [[nodiscard]] std::string name() const { return to_string(t.id); }

   private:
    /// The one place that sends: a dry run ends here.
    void send(Verb verb, Target target);
};

[[nodiscard]] constexpr bool is_in_transit(Phase phase) {
    return phase == Phase::falling_asleep || phase == Phase::waking || phase == Phase::changing;
}

// The plan of one resource, by the step of its open row. Each is true if the plan must look at the resource again in
// this pass.
[[nodiscard]] bool plan_awake(Reconciler& p);  ///< No row is open.
[[nodiscard]] bool plan_left_awake(Reconciler& p);
[[nodiscard]] bool plan_sleeping(Reconciler& p);
[[nodiscard]] bool plan_asleep(Reconciler& p);
[[nodiscard]] bool plan_waking(Reconciler& p);
[[nodiscard]] bool plan_letting_go(Reconciler& p);

/// The same, whatever the step, of what is in a state that does not pass. `stuck` is what is told of it.
[[nodiscard]] bool plan_stuck(Reconciler& p);
[[nodiscard]] Error stuck(const ResourceRecord& tracked);

/// Is what is seen another one, made anew under the same name?
[[nodiscard]] bool is_another(const JournalEntry& entry, const Observation& seen);

/// What doze owes a wake is gone, or another one took its name. Whether the plan must look at it again.
[[nodiscard]] bool plan_lost(Reconciler& p);
[[nodiscard]] inline bool is_lost(const Reconciler& p) {
    return p.seen().phase == Phase::gone || is_another(*p.t.entry, p.seen());
}

/// Carries a person's order on; true if the plan must look at the resource again in this pass.
[[nodiscard]] bool reconcile_request(Reconciler& pass);

}  // namespace doze::core
