// Resources on their way to sleep, those that sleep, those that are somebody's again, and those in a state that only a
// person ends at AWS: nothing is asked of the last, and the usual descriptions tell when it is over.
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {

namespace {

/// Seen asleep, as the call of the open row left it.
Next own_sleep(Reconciler& p, const DesiredState& desired) {
    auto& t = p.record;
    if (!desired.is_awake() && !p.seen().settled) return p.describe_again();
    p.note_left();
    if (desired.is_awake()) return p.start_waking(desired.reason);
    t.entry->restarts_at = p.restart_time();
    p.enter(SleepState::asleep);
    p.write();
    t.absence_handled = true;
    p.announce(Level::info, Reason::verified,
               fmt::format("{} is asleep (was {}).", p.name(), to_string(t.entry->snapshot)));
    return Next::again;
}

Next seen_asleep(Reconciler& p) {
    if (p.is_own_sleep()) return own_sleep(p, p.desired());
    if (p.record.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    return p.close_for_absence(Level::info, Reason::changed_by_hand,
                               fmt::format("{} was put to sleep by somebody else; doze leaves it so.", p.name()));
}

/// Somebody gave it another size before the call.
Next changed_before_call(Reconciler& p) {
    auto& t = p.record;
    if (t.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    p.announce(Level::info, Reason::changed_by_hand,
               fmt::format("{} was changed to {} by somebody else.", p.name(), to_string(p.seen().size)));
    const bool handled = t.absence_handled || t.calls.is_accepted();
    p.let_go();
    t.absence_handled = handled;
    return Next::again;
}

/// Why it stays awake: who wants it so, or else what AWS or its guard said.
Reason why_awake(const DesiredState& desired) {
    return desired.wants_sleep() ? Reason::refused : desired.reason;
}

/// The sleep is given up: what may still happen of it has its time, and what it did halfway is put right.
Next give_up_sleep(Reconciler& p, const DesiredState& desired) {
    auto& t = p.record;
    if (p.is_owed()) {  // Its scaling is switched off already: only a wake puts that right.
        t.absence_handled = true;
        return p.start_waking(why_awake(desired), ": its sleep stopped halfway");
    }
    if (t.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    if (desired.state == DesiredState::State::keep_awake && !t.calls.given_up)
        return p.close_for_absence(Level::warning, Reason::guarded,
                                   fmt::format("{} stays awake. {}", p.name(), desired.sentence));
    return p.close_for_absence(Level::info, why_awake(desired), fmt::format("{} stays awake.", p.name()));
}

/// Awake: the call has not gone out, was refused, or does not show yet.
Next seen_awake(Reconciler& p) {
    auto& t = p.record;
    if (differ(p.undone(), t.entry->snapshot)) return changed_before_call(p);
    const auto desired = p.desired();
    const bool is_meant = desired.wants_sleep() && !t.calls.given_up;
    // Asking again does no harm, so only what AWS accepted is waited for before another call.
    if (is_meant && t.calls.is_accepted() && p.just_called()) return p.describe_again();
    if (!is_meant || desired.state == DesiredState::State::keep_awake) return give_up_sleep(p, desired);
    p.sleep();
    return Next::wait;
}

}  // namespace

Next reconcile_sleeping(Reconciler& p) {
    if (const auto next = await_rest(p)) return *next;
    return p.seen().phase == Phase::asleep ? seen_asleep(p) : seen_awake(p);
}

namespace {

/// It still sleeps.
Next rest(Reconciler& p, const DesiredState& desired) {
    p.correct_left();
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
    t.absence_handled = p.is_awake_for_this_absence();
    p.close();
    return Next::again;
}

namespace {

void announce_once(Reconciler& p, std::string_view what) {
    if (std::exchange(p.record.told_stuck, true)) return;
    p.announce(Level::warning, Reason::refused, fmt::format("{} {}. {}", p.name(), what, stuck(p.record).text()));
}

/// What AWS may still do is waited for.
void give_up_stuck_sleep(Reconciler& p) {
    announce_once(p, "can't be put to sleep now");
    if (p.record.calls.may_have_happened()) return;
    p.record.absence_handled = true;
    p.close();
}

}  // namespace

Error stuck(const ResourceRecord& record) {
    return {.code = ErrorCode::aws_error,
            .message = fmt::format("{} is {}, a state that does not pass by itself.", to_string(record.id),
                                   record.seen->state),
            .next_step = record.seen->advice};
}

Next reconcile_stuck(Reconciler& p) {
    const auto desired = p.desired();
    const auto& entry = p.record.entry;
    if (!entry) {
        if (desired.wants_sleep()) announce_once(p, "stays awake");
        return Next::wait;
    }
    switch (entry->sleep_state) {
        case SleepState::left_awake: return reconcile_left_awake(p);
        case SleepState::sleeping: give_up_stuck_sleep(p); break;
        case SleepState::asleep:
            if (desired.is_awake()) announce_once(p, "can't be woken now");
            break;
        case SleepState::waking: announce_once(p, "does not come up"); break;
        case SleepState::letting_go: break;
    }
    return Next::wait;
}

}  // namespace doze::core
