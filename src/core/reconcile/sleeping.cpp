// Resources on their way to sleep.
#include <fmt/format.h>

#include "core/reconcile/pauses.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// Seen asleep, as the call of the open row left it.
Next own_sleep(Reconciler& p, const DesiredState& desired) {
    auto& t = p.record;
    if (!desired.is_awake() && !p.seen().settled) return p.describe_again();
    t.entry->left_size = p.seen().size;
    t.entry->left_changed_at = p.seen().changed_at;
    if (!t.entry->created_at) t.entry->created_at = p.seen().created_at;
    if (desired.is_awake()) return p.start_waking(Reason::returned);
    t.entry->restarts_at = p.restart_time();
    p.enter(SleepState::asleep);
    p.write();
    if (p.seen().changed_at) t.left_settles_at = t.calls.last + call_takes_effect_within;
    t.settled_for_absence = true;
    p.announce(Level::info, Reason::verified,
               fmt::format("{} is asleep (was {}).", p.name(), to_string(t.entry->snapshot)));
    return Next::again;
}

Next seen_asleep(Reconciler& p) {
    if (p.is_own_sleep()) return own_sleep(p, p.desired());
    if (p.record.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    return p.close_settled(Level::info, Reason::changed_by_hand,
                           fmt::format("{} was put to sleep by somebody else; doze leaves it so.", p.name()));
}

/// Somebody gave it another size before the call.
Next changed_before_call(Reconciler& p) {
    auto& t = p.record;
    if (t.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    p.announce(Level::info, Reason::changed_by_hand,
               fmt::format("{} was changed to {} by somebody else.", p.name(), to_string(p.seen().size)));
    const bool settled = t.settled_for_absence || t.calls.is_accepted();
    p.let_go();
    t.settled_for_absence = settled;
    return Next::again;
}

/// Why it stays awake: who wants it so, or else what AWS or its guard said.
Reason why_awake(const DesiredState& desired) {
    const bool is_wanted = desired.is_awake() || desired.source == DesiredState::Source::hold;
    return is_wanted ? desired.reason : Reason::refused;
}

/// The sleep is given up: what may still happen of it has its time, and what it did halfway is put right.
Next give_up_sleep(Reconciler& p, const DesiredState& desired) {
    auto& t = p.record;
    if (p.is_owed()) {  // Its scaling is switched off already: only a wake puts that right.
        t.settled_for_absence = true;
        return p.start_waking(why_awake(desired), ": its sleep stopped halfway");
    }
    if (t.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    if (desired.source == DesiredState::Source::guard && !t.calls.given_up)
        return p.close_settled(Level::warning, Reason::guarded,
                               fmt::format("{} stays awake. {}", p.name(), desired.sentence));
    return p.close_settled(Level::info, why_awake(desired), fmt::format("{} stays awake.", p.name()));
}

/// Awake: the call has not gone out, was refused, or does not show yet.
Next seen_awake(Reconciler& p) {
    auto& t = p.record;
    if (differ(p.undone(), t.entry->snapshot)) return changed_before_call(p);
    const auto desired = p.desired();
    const bool is_guarded = desired.source == DesiredState::Source::guard;
    const bool is_blind = desired.source == DesiredState::Source::blindness;
    // Blindness gives no sleep up that has begun: its call waits (Reconciler::send).
    const bool is_meant = !t.calls.given_up && (desired.is_asleep() || is_guarded || is_blind);
    // Asking again does no harm, so only what AWS accepted is waited for before another call.
    if (is_meant && t.calls.is_accepted() && p.just_called()) return p.describe_again();
    if (!is_meant || is_guarded) return give_up_sleep(p, desired);
    p.sleep();
    return Next::wait;
}

}  // namespace

Next reconcile_sleeping(Reconciler& p) {
    if (const auto next = await_rest(p)) return *next;
    return p.seen().phase == Phase::asleep ? seen_asleep(p) : seen_awake(p);
}

}  // namespace doze::core
