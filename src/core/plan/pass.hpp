#pragma once

#include <optional>
#include <string>

#include "core/plan/plan.hpp"

namespace doze::core {

/// One resource in one pass of the plan: the moves that every step is made of. Private to core/plan.
class Pass {
   public:
    Pass(Tracked& tracked, const Circumstances& circumstances, Decisions& decisions)
        : t(tracked), c(circumstances), out(decisions) {}

    Tracked& t;
    const Circumstances& c;
    Decisions& out;

    /// Asks for a look, now or when the pause is over (core/looks.hpp sends it).
    void look(Depth depth = Depth::usual);

    /// Waits until then.
    void wait(TimePoint until);

    /// Opens a row of the journal, or moves the open one on to another step.
    void enter(Step step, Owner owner, const Size& snapshot);
    void enter(Step step) { enter(step, t.entry->owner, t.entry->snapshot); }

    /// Writes the open row as it stands.
    void record();

    /// Closes the row.
    void close();

    /// Sends the call of the present step, committed to the journal first. Waits if its pause is not over. The one
    /// place that sends: a dry run ends here.
    void send(Verb verb, const Size& size);

    /// Tells, once, what a dry run does not do.
    void only_show(std::string what);

    void announce(Level level, Reason reason, std::string text);
    void reply(Result<OrderResult> result);
    void reply(std::string message);

    /// Was the sleep that is seen now done by the call of the open row?
    [[nodiscard]] bool is_own_sleep() const;

    /// Does it still look as doze left it?
    [[nodiscard]] bool is_as_left() const;

    /// False until what contradicts the journal has lasted: AWS may show old states for a while.
    [[nodiscard]] bool is_surprise_real();

    /// When AWS starts what is seen asleep again by itself, if it does.
    [[nodiscard]] std::optional<WallTime> restart_time() const;

    /// Is that what happened, and nobody's wish?
    [[nodiscard]] bool is_restart() const;

    [[nodiscard]] bool just_called() const;
    [[nodiscard]] std::optional<Guard> guard() const;
    [[nodiscard]] const Observation& seen() const { return *t.seen; }
    [[nodiscard]] std::string name() const { return to_string(t.id); }
};

[[nodiscard]] constexpr bool is_in_transit(Phase phase) {
    return phase == Phase::falling_asleep || phase == Phase::waking || phase == Phase::changing;
}

// The plan of one resource, by the step of its open row. Each is true if the plan must look at the resource again in
// this pass.
[[nodiscard]] bool plan_awake(Pass& p);  ///< No row is open.
[[nodiscard]] bool plan_left_awake(Pass& p);
[[nodiscard]] bool plan_sleeping(Pass& p);
[[nodiscard]] bool plan_asleep(Pass& p);
[[nodiscard]] bool plan_waking(Pass& p);

/// The same, whatever the step, of what is in a state that does not pass. `stuck` is what is told of it.
[[nodiscard]] bool plan_stuck(Pass& p);
[[nodiscard]] Error stuck(const Tracked& tracked);

/// It is no longer there: nothing is owed to it.
bool close_as_gone(Pass& p);

/// Carries a person's order on; true if the plan must look at the resource again in this pass.
[[nodiscard]] bool plan_order(Pass& pass);

}  // namespace doze::core
