// Resources that nobody put to sleep: considered once in each absence.
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// May what is seen be an old answer, or an empty one? A snapshot must not be made of it, nor an absence settled by it.
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
    if (desired.source == DesiredState::Source::load) return stay_busy(p, desired.sentence);
    p.record.settled_for_absence = true;
    const bool erases = desired.source == DesiredState::Source::loss;
    p.record.told_erased = p.record.told_erased || erases;
    p.announce(Level::warning, desired.reason,
               erases ? fmt::format("{} stays awake in this absence, since you could not be told before what its sleep "
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
        p.record.settled_for_absence = true;
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
    if (!desired.is_asleep() && !desired.depends_on_resource()) return Next::wait;
    const bool has_limit = t.registration->busy_cpu_percent.has_value();
    if (!t.is_fresh()) return p.describe(has_limit ? Depth::load : Depth::usual);
    if (is_doubtful(p) && !p.is_proven()) return Next::wait;
    if (is_in_transit(p.seen().phase)) return p.describe_again();
    if (p.seen().phase != Phase::awake) {
        t.settled_for_absence = true;
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
        desired.source == DesiredState::Source::absence && p.seen().phase == Phase::awake && !p.seen().guard;
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
    if (desired.is_awake() || desired.source == DesiredState::Source::absence)
        p.record.settled_for_absence = true;
    else
        p.close();
    return Next::wait;
}

}  // namespace doze::core
