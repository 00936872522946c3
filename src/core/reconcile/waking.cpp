// Resources on their way back, and those that nobody put to sleep: considered once in each absence.
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/describing.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {

namespace {

/// Nothing was put to sleep: a person's request to start, or to scale, opened the row.
bool is_by_request_alone(const JournalEntry& entry) {
    return entry.initiator == Initiator::person && !entry.left_size;
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

/// Nobody wants the wake any more, or it is given up.
Next stay_asleep(Reconciler& p) {
    auto& t = p.record;
    if (is_by_request_alone(*t.entry)) {  // Nothing to restore later.
        p.close();
        return Next::again;
    }
    if (t.calls.may_have_happened() && !p.is_proven()) return Next::wait;
    p.note_left_again();
    p.enter(SleepState::asleep);
    p.write();
    return Next::again;
}

/// AWS said yes and it fell back: lack of capacity, a key, a volume. Its own words tell.
void fall_back(Reconciler& p) {
    auto& t = p.record;
    t.calls.fall_back();
    ++t.calls.attempts;
    t.calls.next = p.now() + retry_pause(Recovery::capacity, t.calls.attempts, p.check_interval());
    t.trouble = did_not_start(p);
    p.announce(Level::error, Reason::refused, t.trouble->text());
}

/// Waking did not come about: asleep again, or still.
Next wake_again(Reconciler& p) {
    auto& t = p.record;
    using Outcome = CallState::Outcome;
    const bool go_on = p.desired().is_awake() && !t.calls.given_up;
    const bool may_still_show =
        t.calls.outcome == Outcome::accepted || (t.calls.outcome == Outcome::uncertain && !go_on);
    if (may_still_show && p.just_called()) return p.describe_again();
    if (!go_on) return stay_asleep(p);
    if (t.calls.is_accepted()) fall_back(p);
    p.correct_left();
    const Size goal = t.scale_to.value_or(p.undone());
    const bool is_changed = t.calls.outcome == Outcome::none && !p.is_as_left();
    if (!is_changed && goal.desired != 0) {
        p.wake(goal);
        return Next::wait;
    }
    if (!p.is_proven()) return Next::wait;
    p.announce(Level::info, Reason::changed_by_hand,
               fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
    p.close();
    return Next::again;
}

/// Awake, with something still switched off or bounded.
Next restore_rest(Reconciler& p, bool is_asked_for) {
    // A wake of two calls is done when AWS took both.
    if (p.record.calls.is_accepted() && p.just_called()) return p.describe_again();
    if (is_asked_for)
        p.wake(p.undone());
    else
        p.put_back();
    return Next::wait;
}

/// Its size is back, and so is all that its sleep switched off.
Next close_restored(Reconciler& p) {
    auto& t = p.record;
    const auto& seen = p.seen();
    const bool leaving_again = !p.desired().awaited;
    const bool waited_enough = t.calls.is_accepted() && p.now() - t.calls.accepted_at >= tasks_start_within;
    if (!seen.settled && !waited_enough && !leaving_again) return p.describe_again();
    if (seen.settled || leaving_again)
        p.announce(Level::info, Reason::verified,
                   fmt::format("{} is awake (size {}).", p.name(), to_string(seen.size)));
    else
        p.announce(Level::warning, Reason::verified,
                   fmt::format("{} has its size {} back, but only {} of its {} run. Its events at AWS tell why.",
                               p.name(), to_string(seen.size), seen.running.value_or(0), info(t.id.kind).members));
    t.trouble.reset();
    if (t.requested_awake) t.absence_handled = true;
    p.close();
    t.restored = seen.size;
    return Next::again;
}

Next seen_awake_again(Reconciler& p) {
    auto& t = p.record;
    const auto& seen = p.seen();
    if (t.scale_to && !t.calls.is_accepted() && !t.calls.given_up && differ(seen.size, *t.scale_to)) {
        p.wake(*t.scale_to);
        return Next::wait;
    }
    const bool is_asked_for = seen.size.desired == t.calls.asked.value_or(t.entry->snapshot.desired);
    if (p.is_owed()) return restore_rest(p, is_asked_for);
    const bool is_untouched = t.calls.given_up && is_by_request_alone(*t.entry) && !t.calls.may_have_happened();
    // An accepted call and a description that agree are proof. Else what is seen may be old, or somebody's doing.
    if (t.calls.taken != seen.size.desired && !is_untouched && !p.is_proven()) return Next::wait;
    if (is_asked_for) return close_restored(p);
    if (!t.calls.given_up)
        p.announce(
            Level::info, Reason::changed_by_hand,
            fmt::format("{} was changed to {} by somebody else; doze leaves it so.", p.name(), to_string(seen.size)));
    t.absence_handled = true;
    p.close();
    return Next::again;
}

}  // namespace

Next reconcile_waking(Reconciler& p) {
    if (const auto next = await_rest(p)) return *next;
    return p.seen().phase == Phase::asleep ? wake_again(p) : seen_awake_again(p);
}

namespace {

/// May what is seen be an old answer, or an empty one? It must neither become a snapshot nor decide the absence.
bool is_doubtful(const Reconciler& p) {
    const auto& seen = p.seen();
    if (seen.phase == Phase::gone) return !seen.is_said_gone();
    if (p.record.restored) return seen.phase != Phase::awake || differ(seen.size, *p.record.restored);
    // A sleep, or a wake, that has come halfway looks like this.
    const auto switched_off = info(p.record.id.kind).suspends;
    return switched_off != 0 && (seen.size.suspended & switched_off) == switched_off;
}

/// It works: asked again when the check interval is over.
Next stay_busy(Reconciler& p, const std::string& why) {
    auto& t = p.record;
    if (!t.busy) p.announce(Level::info, Reason::busy, fmt::format("{} stays awake for now: {}.", p.name(), why));
    t.busy = fmt::format("{} is busy: {}.", p.name(), why);
    t.polling.next = t.polling.fresh_from = p.now() + p.check_interval();
    t.wait(t.polling.next);
    return Next::wait;
}

/// What is seen of it keeps it awake.
Next stay_awake(Reconciler& p, const DesiredState& desired) {
    if (desired.state == DesiredState::State::asleep_later) return stay_busy(p, desired.sentence);
    p.record.absence_handled = true;
    p.record.told_erased = p.record.told_erased || desired.tells_loss;
    p.announce(Level::warning, desired.reason,
               desired.tells_loss
                   ? fmt::format("{} stays awake in this absence, since you could not be told before what its sleep "
                                 "does not keep. {}",
                                 p.name(), desired.sentence)
                   : fmt::format("{} stays awake. {}", p.name(), desired.sentence));
    return Next::wait;
}

/// It is awake, and should sleep.
Next begin_sleep(Reconciler& p) {
    const auto size = p.seen().size;
    p.record.busy.reset();
    if (p.is_dry_run()) {
        p.record.absence_handled = true;
        p.only_show(fmt::format("be put to sleep now (size {})", to_string(size)));
        return Next::wait;
    }
    p.enter(SleepState::sleeping, Initiator::doze, size);
    p.announce(Level::info, Reason::away, fmt::format("Putting {} to sleep (size {}).", p.name(), to_string(size)));
    return Next::again;
}

/// Nobody sleeps yet: decide whether it must, once for each absence.
Next consider(Reconciler& p) {
    auto& t = p.record;
    const auto desired = p.desired();
    if (!desired.wants_sleep()) return Next::wait;
    const bool has_limit = t.registration->busy_cpu_percent.has_value();
    if (!t.is_fresh()) return p.describe(has_limit ? Depth::load : Depth::usual);
    if (is_doubtful(p) && !p.is_proven()) return Next::wait;
    if (is_in_transit(p.seen().phase)) return p.describe_again();
    if (p.seen().phase != Phase::awake) {
        t.absence_handled = true;
        return Next::wait;
    }
    if (!desired.is_asleep()) return stay_awake(p, desired);
    if (has_limit && !p.seen().load) return p.describe_again(Depth::load);
    return begin_sleep(p);
}

/// Left awake in this absence, and seen awake, or told to be: remembered, so that a restart leaves it awake too.
void remember_left_awake(Reconciler& p) {
    if (!p.record.seen || p.is_dry_run()) return;
    const auto desired = p.desired();
    const bool is_left =
        desired.state == DesiredState::State::left_awake && p.seen().phase == Phase::awake && !p.seen().guard;
    if (!is_left && !desired.is_awake()) return;
    p.enter(SleepState::left_awake, Initiator::person, p.seen().size);
    p.write();
}

}  // namespace

Next reconcile_awake(Reconciler& p) {
    if (consider(p) == Next::again) return Next::again;
    remember_left_awake(p);
    return Next::wait;
}

Next reconcile_left_awake(Reconciler& p) {
    const auto desired = p.desired();
    if (desired.is_awake() || desired.state == DesiredState::State::left_awake)
        p.record.absence_handled = true;
    else
        p.close();
    return Next::wait;
}

}  // namespace doze::core
