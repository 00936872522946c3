// Resources on their way to sleep, and asleep.
#include <algorithm>
#include <fmt/format.h>

#include "core/reconcile/pauses.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// Seen asleep, as the call of the open row left it.
bool on_own_sleep(Reconciler& p, bool wanted) {
    auto& t = p.t;
    if (wanted && !p.seen().settled) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    t.entry->left_size = p.seen().size;
    t.entry->left_changed_at = p.seen().changed_at;
    if (!t.entry->created_at) t.entry->created_at = p.seen().created_at;
    if (!wanted) {
        p.enter(SleepState::waking);
        p.announce_waking(Reason::returned);
        return true;
    }
    t.entry->restarts_at = p.restart_time();
    p.enter(SleepState::asleep);
    p.record();
    if (p.seen().changed_at) t.left_settles_at = t.last_call + call_takes_effect_within;
    t.settled_for_absence = true;
    p.announce(Level::info, Reason::verified,
               fmt::format("{} is asleep (was {}).", p.name(), to_string(t.entry->snapshot)));
    return true;
}

/// The first look at a sleep may have been an old one: what AWS says of it once it must show counts.
void settle_left(Reconciler& p) {
    auto& t = p.t;
    if (!t.left_settles_at || t.seen_at < *t.left_settles_at) return;
    t.left_settles_at.reset();
    auto& left = t.entry->left_changed_at;
    const auto& now = p.seen().changed_at;
    if (left >= now || (t.entry->called_at && *now > *t.entry->called_at + clock_tolerance)) return;
    left = now;
    p.record();
}

}  // namespace

bool plan_sleeping(Reconciler& p) {
    auto& t = p.t;
    const bool by_person = t.entry->owner == Initiator::person;
    const bool wanted = !t.requested_awake && (by_person || p.c.away);
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    if (is_lost(p)) return plan_lost(p);
    if (is_in_transit(seen.phase)) {
        t.saw_transit = true;
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    const bool may_have_called = p.may_have_called();
    if (seen.phase == Phase::asleep) {
        if (p.is_own_sleep()) return on_own_sleep(p, wanted);
        if (may_have_called && !p.is_proven()) return false;
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was put to sleep by somebody else; doze leaves it so.", p.name()));
        t.settled_for_absence = true;
        p.close();
        return true;
    }
    // Awake: the call has not gone out, was refused, or does not show yet.
    if (differ(p.undone(), t.entry->snapshot)) {
        if (may_have_called && !p.is_proven()) return false;
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was changed to {} by somebody else.", p.name(), to_string(seen.size)));
        const bool settled = t.settled_for_absence || t.accepted_at.has_value();
        p.let_go();
        t.settled_for_absence = settled;
        return true;
    }
    const bool held = p.c.held && !by_person;
    const bool go_on = wanted && !t.give_up && !held;
    // Asking again does no harm, so only what AWS accepted is waited for before another call.
    if (go_on && t.accepted_at && p.just_called()) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    const auto guard = p.guard();
    const auto why_not = [&] { return held ? Reason::held : wanted ? Reason::refused : Reason::returned; };
    if (p.is_owed() && (!go_on || guard)) {
        // Its scaling is switched off already: only a wake puts that right.
        t.settled_for_absence = true;
        p.announce_waking(why_not(), ": its sleep stopped halfway");
        p.enter(SleepState::waking);
        return true;
    }
    // Before the row may be closed everything that can still happen must have had its time.
    if ((!go_on || guard) && may_have_called && !p.is_proven()) return false;
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
    p.sleep();
    return false;
}

bool plan_asleep(Reconciler& p) {
    auto& t = p.t;
    const bool wanted_awake = t.requested_awake || (t.entry->owner == Initiator::doze && !p.c.away);
    if (wanted_awake && !t.is_fresh()) {
        p.look();
        return false;
    }
    if (!t.seen) return false;
    const auto& seen = p.seen();
    if (is_lost(p)) return plan_lost(p);
    if (seen.phase == Phase::asleep) {
        settle_left(p);
        if (!wanted_awake) return false;
        if (!p.is_as_left() || p.undone().desired == 0) {
            if (!p.is_proven()) return false;
            p.announce(
                Level::info, Reason::changed_by_hand,
                fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
            p.close();
            return true;
        }
        p.enter(SleepState::waking);
        p.announce_waking(t.requested_awake ? Reason::command : Reason::returned);
        return true;
    }
    if (is_in_transit(seen.phase)) {
        if (!wanted_awake) return false;  // The next survey tells.
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    // Awake, against the journal. As large as it was, with something still switched off: the wake that is due anyway
    // puts that right, whether somebody woke it or the answer is from when it went to sleep.
    if (wanted_awake && seen.size.desired == t.entry->snapshot.desired && p.is_owed() && !p.c.settings.dry_run) {
        p.enter(SleepState::waking);
        p.announce_waking(t.requested_awake ? Reason::command : Reason::returned);
        return true;
    }
    if (!p.is_proven()) return false;
    if (!wanted_awake && p.is_restart()) {
        p.announce(Level::info, Reason::restarted,
                   fmt::format("AWS started {} by itself, as it does after seven days; doze puts it back to sleep{}.",
                               p.name(), p.c.held ? " after the hold" : ""));
        p.enter(SleepState::sleeping);
        return true;
    }
    p.announce(Level::info, Reason::started_by_hand,
               fmt::format("{} was woken by somebody else (size {}); doze leaves it awake{}.", p.name(),
                           to_string(seen.size), p.is_owed() ? ", and puts back what its sleep switched off" : ""));
    p.let_go();
    return true;
}

bool plan_letting_go(Reconciler& p) {
    auto& t = p.t;
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    if (is_lost(p)) return plan_lost(p);
    if (is_in_transit(p.seen().phase)) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (p.seen().phase == Phase::asleep) {  // It was stopped again.
        p.enter(SleepState::asleep);
        p.record();
        return true;
    }
    if (p.is_owed()) {
        if (t.accepted_at && p.just_called()) {
            t.fresh_from = p.c.now.boot;
            p.look();
        } else {
            p.put_back();
        }
        return false;
    }
    if (!p.is_proven()) return false;
    t.trouble.reset();
    t.settled_for_absence = p.is_awake_for_this_absence();
    p.close();
    return true;
}

}  // namespace doze::core
