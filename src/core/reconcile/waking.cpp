// Resources on their way back.
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/pauses.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// Nothing was put to sleep: a person's order to start, or to scale, opened the row.
bool is_by_request_alone(const JournalEntry& entry) {
    return entry.owner == Initiator::person && !entry.left_size;
}

/// AWS's own words are a sentence, or a mere "Client.InternalError: Client error on launch".
Error did_not_start(const Reconciler& p) {
    std::string why = p.seen().reason.value_or("AWS gives no reason.");
    if (!why.ends_with('.')) why += '.';
    std::string advice = p.seen().advice;
    if (advice.find("doze") == std::string::npos)
        advice += advice.empty() ? "doze tries again by itself." : " doze tries again by itself.";
    return {.code = ErrorCode::aws_error,
            .message = fmt::format("{} did not start: {}", p.name(), why),
            .next_step = std::move(advice),
            .recovery = Recovery::capacity};
}

/// Waking did not come about: asleep again, or still.
bool plan_wake_again(Reconciler& p) {
    auto& t = p.t;
    const bool by_person = t.entry->owner == Initiator::person;
    const bool go_on = (by_person || t.requested_awake || !p.c.away) && !t.give_up;
    const bool has_time = p.just_called() && !t.saw_transit;
    if (has_time && (t.accepted_at || (t.uncertain && !go_on))) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (!go_on) {
        if (is_by_request_alone(*t.entry)) {  // Nothing to restore later.
            p.close();
            return true;
        }
        if (p.may_have_called() && !p.is_proven()) return false;
        // Whatever stopped it this time, it is asleep for the same reason as before.
        if (!t.entry->left_size) t.entry->left_size = p.seen().size;
        if (p.may_have_called()) t.entry->left_changed_at = p.seen().changed_at;
        p.enter(SleepState::asleep);
        p.record();
        return true;
    }
    if (t.accepted_at) {
        // AWS said yes and it fell back: lack of capacity, a key, a volume. Its own words tell.
        t.accepted_at.reset();
        t.saw_transit = false;
        t.uncertain = true;
        ++t.attempts;
        t.next_call = p.c.now.boot + retry_pause(Recovery::capacity, t.attempts, p.c.settings.check_interval);
        t.trouble = did_not_start(p);
        p.announce(Level::error, Reason::refused, t.trouble->text());
    }
    const Size goal = t.scale_to.value_or(p.undone());
    if ((!t.uncertain && !p.is_as_left()) || goal.desired == 0) {
        if (!p.is_proven()) return false;
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
        p.close();
        return true;
    }
    p.wake(goal);
    return false;
}

}  // namespace

bool plan_waking(Reconciler& p) {
    auto& t = p.t;
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    if (is_lost(p)) return plan_lost(p);
    if (is_in_transit(seen.phase)) {
        t.saw_transit = t.saw_transit || t.accepted_at.has_value();
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase == Phase::asleep) return plan_wake_again(p);

    if (t.scale_to && !t.accepted_at && !t.give_up && differ(seen.size, *t.scale_to)) {
        p.wake(*t.scale_to);
        return false;
    }
    const bool is_asked_for = seen.size.desired == t.asked.value_or(t.entry->snapshot.desired);
    // A wake of two calls is done when AWS took both.
    if (p.is_owed()) {
        if (t.accepted_at && p.just_called()) {
            t.fresh_from = p.c.now.boot;
            p.look();
        } else if (is_asked_for) {
            p.wake(p.undone());
        } else {
            p.put_back();
        }
        return false;
    }
    const bool is_untouched = t.give_up && is_by_request_alone(*t.entry) && !p.may_have_called();
    // An accepted call and a look that agree are proof. Else what is seen may be old, or somebody's doing.
    if (t.taken != seen.size.desired && !is_untouched && !p.is_proven()) return false;
    if (!is_asked_for) {
        if (!t.give_up)
            p.announce(Level::info, Reason::changed_by_hand,
                       fmt::format("{} was changed to {} by somebody else; doze leaves it so.", p.name(),
                                   to_string(seen.size)));
        t.settled_for_absence = true;
        p.close();
        return true;
    }
    const bool leaving_again = p.c.away && !t.requested_awake;
    const bool waited_enough = t.accepted_at && p.c.now.boot - *t.accepted_at >= tasks_start_within;
    if (!seen.settled && !waited_enough && !leaving_again) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.settled || leaving_again)
        p.announce(Level::info, Reason::verified,
                   fmt::format("{} is awake (size {}).", p.name(), to_string(seen.size)));
    else
        p.announce(Level::warning, Reason::verified,
                   fmt::format("{} has its size {} back, but only {} of its {} run. Its events at AWS tell why.",
                               p.name(), to_string(seen.size), seen.running.value_or(0), info(t.id.kind).members));
    t.trouble.reset();
    if (t.requested_awake) t.settled_for_absence = true;
    p.close();
    t.restored = seen.size;
    return true;
}

}  // namespace doze::core
