// Resources that nobody put to sleep: considered once in each absence.
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// A resource registered with busy_cpu_percent is asked for its load before it is put to sleep. What can't be known
/// counts as busy: rather a bill than a broken build.
bool is_busy(Reconciler& p) {
    auto& t = p.t;
    if (!t.registration->busy_cpu_percent) return false;
    const int limit = *t.registration->busy_cpu_percent;
    const auto& load = p.seen().load;
    if (!load) {
        t.fresh_from = p.c.now.boot;
        p.look(Depth::load);
        return true;
    }
    if (load->cpu_percent && *load->cpu_percent <= limit) {
        t.busy.reset();
        return false;
    }
    std::string why = load->cpu_percent ? fmt::format("its CPU is at {:.0f} % (limit {} %)", *load->cpu_percent, limit)
                      : load->trouble.empty() ? std::string("CloudWatch has no measurement of its CPU yet")
                                              : fmt::format("its CPU can't be read: {}", load->trouble);
    const bool known = t.busy.has_value();
    t.busy = fmt::format("{} is busy: {}.", p.name(), why);
    if (!known) p.announce(Level::info, Reason::busy, fmt::format("{} stays awake for now: {}.", p.name(), why));
    t.next_describe = t.fresh_from = p.c.now.boot + p.c.settings.check_interval;
    p.wait(t.next_describe);
    return true;
}

/// May what is seen be an old answer, or an empty one? A snapshot must not be made of it, nor an absence settled by it.
bool is_doubtful(const Reconciler& p) {
    const auto& seen = p.seen();
    if (seen.phase == Phase::gone) return !seen.is_said_gone();
    if (p.t.restored) return seen.phase != Phase::awake || differ(seen.size, *p.t.restored);
    // A sleep, or a wake, that has come halfway looks like this.
    const auto switched_off = info(p.t.id.kind).suspends;
    return switched_off != 0 && (seen.size.suspended & switched_off) == switched_off;
}

/// Nobody sleeps yet: decide whether it must, once for each absence.
bool consider(Reconciler& p) {
    if (!p.c.away || p.c.blind || p.c.held || p.t.settled_for_absence || p.t.requested_awake || !p.t.registration)
        return false;
    if (!p.t.is_fresh()) {
        p.look(p.t.registration->busy_cpu_percent ? Depth::load : Depth::usual);
        return false;
    }
    const auto& seen = p.seen();
    if (is_doubtful(p) && !p.is_proven()) return false;
    if (is_in_transit(seen.phase)) {
        p.t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase != Phase::awake) {
        p.t.settled_for_absence = true;
        return false;
    }
    if (const auto guard = p.guard()) {
        p.t.settled_for_absence = true;
        p.announce(Level::warning, Reason::guarded, fmt::format("{} stays awake. {}", p.name(), guard->why));
        return false;
    }
    if (seen.erases && !std::exchange(p.t.told_erased, true)) {
        p.t.settled_for_absence = true;
        p.announce(Level::warning, Reason::guarded,
                   fmt::format("{} stays awake in this absence, since you could not be told before what its sleep does "
                               "not keep. {}",
                               p.name(), seen.caution));
        return false;
    }
    if (is_busy(p)) return false;
    if (p.c.settings.dry_run) {
        p.t.settled_for_absence = true;
        p.only_show(fmt::format("be put to sleep now (size {})", to_string(seen.size)));
        return false;
    }
    p.enter(SleepState::sleeping, Initiator::doze, seen.size);
    p.announce(Level::info, Reason::away,
               fmt::format("Putting {} to sleep (size {}).", p.name(), to_string(seen.size)));
    return true;
}

/// Left awake in this absence, and seen awake, or told to be: remembered, so that a restart leaves it awake too.
bool remember_left_awake(Reconciler& p) {
    if (!p.c.away || !p.t.registration || !p.t.seen || p.c.settings.dry_run) return false;
    const bool is_left = p.t.settled_for_absence && !p.c.held && p.seen().phase == Phase::awake && !p.seen().guard;
    if (!is_left && !p.t.requested_awake) return false;
    p.enter(SleepState::left_awake, Initiator::person, p.seen().size);
    p.record();
    return false;
}

}  // namespace

bool plan_awake(Reconciler& p) {
    return consider(p) || remember_left_awake(p);
}

bool plan_left_awake(Reconciler& p) {
    // After a hold everything is considered again, as in a new absence, but for what the person asked for.
    if (p.c.away && (!p.c.held || p.t.requested_awake)) {
        p.t.settled_for_absence = true;
        return false;
    }
    p.close();
    return false;
}

}  // namespace doze::core
