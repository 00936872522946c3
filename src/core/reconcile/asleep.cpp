// Resources that sleep, and those that are somebody's again.
#include <fmt/format.h>

#include "core/reconcile/pauses.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// The first description of a sleep may have been an old one: what AWS says of it once it must show counts.
void settle_left(Reconciler& p) {
    auto& t = p.record;
    if (!t.left_settles_at || t.polling.seen_at < *t.left_settles_at) return;
    t.left_settles_at.reset();
    auto& left = t.entry->left_changed_at;
    const auto& now = p.seen().changed_at;
    if (left >= now || (t.entry->called_at && *now > *t.entry->called_at + clock_tolerance)) return;
    left = now;
    p.write();
}

/// It still sleeps.
Next rest(Reconciler& p, const DesiredState& desired) {
    settle_left(p);
    if (!desired.is_awake()) return Next::wait;
    if (p.is_as_left() && p.undone().desired != 0) return p.start_waking(desired.reason);
    if (!p.is_proven()) return Next::wait;
    p.announce(Level::info, Reason::changed_by_hand,
               fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
    p.close();
    return Next::again;
}

/// It is awake, against the journal.
Next wake_of_others(Reconciler& p, const DesiredState& desired) {
    auto& t = p.record;
    // As large as it was, with something still switched off: the wake that is due anyway puts that right, whether
    // somebody woke it or the answer is from when it went to sleep.
    if (desired.is_awake() && p.seen().size.desired == t.entry->snapshot.desired && p.is_owed())
        return p.start_waking(desired.reason);
    if (!p.is_proven()) return Next::wait;
    if (!desired.is_awake() && p.is_restart()) {
        p.enter(SleepState::sleeping);
        p.announce(Level::info, Reason::restarted,
                   fmt::format("AWS started {} by itself, as it does after seven days; doze puts it back to sleep{}.",
                               p.name(), p.desired().reason == Reason::held ? " after the hold" : ""));
        return Next::again;
    }
    p.announce(Level::info, Reason::started_by_hand,
               fmt::format("{} was woken by somebody else (size {}); doze leaves it awake{}.", p.name(),
                           to_string(p.seen().size), p.is_owed() ? ", and puts back what its sleep switched off" : ""));
    p.let_go();
    return Next::again;
}

}  // namespace

Next reconcile_asleep(Reconciler& p) {
    auto& t = p.record;
    const auto desired = p.desired();
    if (desired.is_awake() && !t.is_fresh()) return p.describe();
    if (!t.seen) return Next::wait;
    if (is_lost(p)) return reconcile_lost(p);
    if (p.seen().phase == Phase::asleep) return rest(p, desired);
    if (!is_in_transit(p.seen().phase)) return wake_of_others(p, desired);
    return desired.is_awake() ? p.describe_again() : Next::wait;  // The next usual description tells.
}

Next reconcile_letting_go(Reconciler& p) {
    auto& t = p.record;
    if (!t.is_fresh()) return p.describe();
    if (is_lost(p)) return reconcile_lost(p);
    if (is_in_transit(p.seen().phase)) return p.describe_again();
    if (p.seen().phase == Phase::asleep) {  // It was stopped again.
        p.enter(SleepState::asleep);
        p.write();
        return Next::again;
    }
    if (p.is_owed()) {
        if (t.calls.is_accepted() && p.just_called()) return p.describe_again();
        p.put_back();
        return Next::wait;
    }
    if (!p.is_proven()) return Next::wait;
    t.trouble.reset();
    t.settled_for_absence = p.is_awake_for_this_absence();
    p.close();
    return Next::again;
}

}  // namespace doze::core
