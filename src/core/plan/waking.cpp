// Resources on their way back.
#include <fmt/format.h>

#include "core/plan/pass.hpp"
#include "core/plan/pauses.hpp"

namespace doze::core {
namespace {

/// Waking did not come about: asleep again, or still.
bool plan_wake_again(Pass& p) {
    auto& t = p.t;
    const bool by_person = t.entry->owner == Owner::person;
    const bool go_on = (by_person || t.ordered_awake || !p.c.away) && !t.give_up;
    const bool has_time = p.just_called() && !t.saw_transit;
    if (has_time && (t.accepted_at || (t.uncertain && !go_on))) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (!go_on) {
        if (by_person && !t.entry->left_size) {  // Opened by the order alone: nothing to restore later.
            p.close();
            return true;
        }
        // Whatever stopped it this time, it is asleep for the same reason as before.
        t.entry->left_size = p.seen().size;
        t.entry->left_changed_at = p.seen().changed_at;
        p.enter(Step::asleep);
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
        t.trouble = Error{
            .code = ErrorCode::aws_error,
            .message = fmt::format("{} did not start: {}", p.name(), p.seen().reason.value_or("AWS gives no reason.")),
            .next_step = p.seen().advice.find("doze") != std::string::npos
                             ? p.seen().advice
                             : p.seen().advice + (p.seen().advice.empty() ? "" : " ") + "doze tries again by itself.",
            .recovery = Recovery::capacity};
        p.announce(Level::error, Reason::refused, t.trouble->text());
    }
    if (!t.uncertain && !p.is_as_left()) {
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
        p.close();
        return true;
    }
    p.send(Verb::wake, t.scale_to.value_or(t.entry->snapshot));
    return false;
}

}  // namespace

bool plan_waking(Pass& p) {
    auto& t = p.t;
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    const Size goal = t.scale_to.value_or(t.entry->snapshot);
    if (seen.phase == Phase::gone) return close_as_gone(p);
    if (is_in_transit(seen.phase)) {
        t.saw_transit = t.saw_transit || t.accepted_at.has_value();
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase == Phase::asleep) return plan_wake_again(p);

    // A wake of two calls is done when AWS took both, where the credentials may not see the second's doing.
    if (goal.min && !seen.size.min && !t.accepted_at && !t.give_up) {
        p.send(Verb::wake, goal);
        return false;
    }
    if (differ(seen.size, goal)) {
        if (is_partway(seen.size, goal) && !t.give_up) {
            if (t.accepted_at && p.just_called()) {
                t.fresh_from = p.c.now.boot;
                p.look();
            } else {
                p.send(Verb::wake, goal);
            }
            return false;
        }
        if (t.scale_to && !t.accepted_at && !t.give_up) {
            p.send(Verb::wake, goal);
            return false;
        }
        if ((t.accepted_at || t.uncertain) && p.just_called() && !p.is_surprise_real()) return false;
        if (!t.give_up)
            p.announce(Level::info, Reason::changed_by_hand,
                       fmt::format("{} was changed to {} by somebody else; doze leaves it so.", p.name(),
                                   to_string(seen.size)));
        t.settled_for_absence = true;
        p.close();
        return true;
    }
    const bool leaving_again = p.c.away && !t.ordered_awake;
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
    if (t.ordered_awake) t.settled_for_absence = true;
    p.close();
    return true;
}

}  // namespace doze::core
