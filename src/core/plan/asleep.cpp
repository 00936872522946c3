// Resources on their way to sleep, and asleep.
#include <fmt/format.h>

#include "core/plan/pass.hpp"
#include "core/plan/pauses.hpp"

namespace doze::core {
bool plan_sleeping(Pass& p) {
    auto& t = p.t;
    const bool by_person = t.entry->owner == Owner::person;
    const bool wanted = !t.ordered_awake && (by_person || p.c.away);
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    if (seen.phase == Phase::gone) return close_as_gone(p);
    if (is_in_transit(seen.phase)) {
        t.saw_transit = true;
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase == Phase::asleep) {
        if (!p.is_own_sleep()) {
            p.announce(Level::info, Reason::changed_by_hand,
                       fmt::format("{} was put to sleep by somebody else; doze leaves it so.", p.name()));
            t.settled_for_absence = true;
            p.close();
            return true;
        }
        if (!wanted) {
            p.enter(Step::waking);
            p.announce(Level::info, Reason::returned,
                       fmt::format("Waking {} (size {}).", p.name(), to_string(t.entry->snapshot)));
            return true;
        }
        if (!seen.settled) {
            t.fresh_from = p.c.now.boot;
            p.look();
            return false;
        }
        t.entry->left_size = seen.size;
        t.entry->left_changed_at = seen.changed_at;
        t.entry->restarts_at = p.restart_time();
        p.enter(Step::asleep);
        p.record();
        t.settled_for_absence = true;
        p.announce(Level::info, Reason::verified,
                   fmt::format("{} is asleep (was {}).", p.name(), to_string(t.entry->snapshot)));
        return true;
    }
    // Awake: the call has not gone out, was refused, or does not show yet.
    const bool may_still_happen = (t.accepted_at || t.uncertain) && p.just_called();
    const bool partway = is_partway(seen.size, t.entry->snapshot);
    if (differ(seen.size, t.entry->snapshot) && !partway) {
        if (may_still_happen && !p.is_surprise_real()) return false;
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was changed to {} by somebody else.", p.name(), to_string(seen.size)));
        t.settled_for_absence = t.settled_for_absence || t.accepted_at.has_value();
        p.close();
        return true;
    }
    const bool held = p.c.held && !by_person;
    const bool go_on = wanted && !t.give_up && !held;
    // Asking again does no harm, so only what AWS accepted is waited for before another call; but before
    // the row may be closed everything that can still happen must have had its time.
    if (go_on ? t.accepted_at && p.just_called() : may_still_happen) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    const auto guard = p.guard();
    const auto why_not = [&] { return held ? Reason::held : wanted ? Reason::refused : Reason::returned; };
    if (partway && (!go_on || guard)) {
        // Its scaling is switched off already: only a wake puts that right.
        t.settled_for_absence = true;
        p.announce(
            Level::info, why_not(),
            fmt::format("Waking {} (size {}): its sleep stopped halfway.", p.name(), to_string(t.entry->snapshot)));
        p.enter(Step::waking);
        return true;
    }
    if (!go_on) {
        t.settled_for_absence = true;
        p.announce(Level::info, why_not(), fmt::format("{} stays awake.", p.name()));
        p.close();
        return true;
    }
    if (!by_person && p.c.blind) return false;
    if (guard) {
        t.settled_for_absence = true;
        p.announce(Level::warning, Reason::guarded, fmt::format("{} stays awake. {}", p.name(), guard->why));
        p.close();
        return true;
    }
    p.send(Verb::sleep, t.entry->snapshot);
    return false;
}

bool plan_asleep(Pass& p) {
    auto& t = p.t;
    const bool wanted_awake = t.ordered_awake || (t.entry->owner == Owner::doze && !p.c.away);
    if (wanted_awake && !t.is_fresh()) {
        p.look();
        return false;
    }
    if (!t.seen) return false;
    const auto& seen = p.seen();
    if (seen.phase == Phase::gone) return t.is_fresh() ? close_as_gone(p) : (p.look(), false);
    if (seen.phase == Phase::asleep) {
        t.surprised_at.reset();
        if (!wanted_awake) return false;
        if (!p.is_as_left()) {
            p.announce(
                Level::info, Reason::changed_by_hand,
                fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
            p.close();
            return true;
        }
        p.enter(Step::waking);
        p.announce(Level::info, t.ordered_awake ? Reason::command : Reason::returned,
                   fmt::format("Waking {} (size {}).", p.name(), to_string(t.entry->snapshot)));
        return true;
    }
    if (is_in_transit(seen.phase)) {
        if (!wanted_awake) return false;  // The next survey tells.
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    // Awake, against the journal.
    if (!p.is_surprise_real()) return false;
    if (!wanted_awake && p.is_restart()) {
        p.announce(Level::info, Reason::restarted,
                   fmt::format("AWS started {} by itself, as it does after seven days; doze puts it back to sleep{}.",
                               p.name(), p.c.held ? " after the hold" : ""));
        p.enter(Step::sleeping);
        return true;
    }
    p.announce(
        Level::info, Reason::started_by_hand,
        fmt::format("{} was woken by somebody else (size {}); doze leaves it awake.", p.name(), to_string(seen.size)));
    t.settled_for_absence = true;
    p.close();
    return true;
}

}  // namespace doze::core
