// A person's order about one resource: START, STOP, SCALE. It waits for a fresh look, moves the journal's
// row where it should go, and leaves the calls to the plan. It is answered when AWS accepted the call, or
// at once where nothing needs to be called now.
#include <algorithm>
#include <fmt/format.h>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// What a start without a snapshot brings: one instance or task; of a node group what its registration
/// says, within the group's own bounds.
Size start_size(const Reconciler& p) {
    const auto& size = p.seen().size;
    if (!info(p.t.id.kind).sized) return {.desired = 1, .min = size.min, .max = size.max, .suspended = size.suspended};
    const int wanted = p.t.registration ? p.t.registration->desired_size.value_or(1) : 1;
    const int most = std::max({1, size.min.value_or(1), size.max.value_or(wanted)});
    return {.desired = std::clamp(wanted, std::max(1, size.min.value_or(1)), most),
            .min = size.min,
            .max = size.max ? std::optional(most) : std::nullopt,
            .suspended = size.suspended};
}

std::string told(const Order& order, const std::string& name) {
    switch (order.verb) {
        case RequestVerb::start: return fmt::format("Told to start {}.", name);
        case RequestVerb::stop: return fmt::format("Told to stop {}.", name);
        case RequestVerb::scale: return fmt::format("Told to scale {} to {}.", name, order.desired);
    }
    return {};
}

void close_left_awake(Reconciler& p) {
    if (p.t.entry && p.t.entry->step == SleepState::left_awake) p.close();
}

bool order_start(Reconciler& p) {
    auto& t = p.t;
    t.requested_awake = true;
    if (t.entry) p.record();
    const auto phase = p.seen().phase;
    if (phase == Phase::awake) {
        p.reply(fmt::format("{} is awake already.", p.name()));
        return false;
    }
    close_left_awake(p);
    if (phase != Phase::asleep) {
        if (!t.entry && phase != Phase::waking) {
            p.enter(SleepState::waking, Initiator::person, start_size(p));
            p.record();
        }
        p.reply(phase == Phase::waking
                    ? fmt::format("{} is starting already.", p.name())
                    : fmt::format("{} is {} now; doze starts it as soon as that is over.", p.name(), p.seen().state));
        return false;
    }
    if (!t.entry) {
        p.enter(SleepState::waking, Initiator::person, start_size(p));
        return true;
    }
    if (t.entry->step != SleepState::asleep) return false;  // The plan goes on from there.
    p.enter(SleepState::waking);
    return true;
}

Error guarded(const Reconciler& p, const Guard& guard) {
    return {.code = ErrorCode::guarded,
            .message = fmt::format("{} is guarded. {}", p.name(), guard.why),
            .next_step = guard.by_tag ? "Register it with force to override the tag." : ""};
}

bool order_stop(Reconciler& p) {
    auto& t = p.t;
    if (const auto guard = p.guard()) {
        p.reply(guarded(p, *guard));
        return false;
    }
    t.requested_awake = false;
    close_left_awake(p);
    const auto& seen = p.seen();
    if (seen.phase == Phase::asleep) {
        if (t.entry && t.entry->step == SleepState::waking) {
            p.enter(SleepState::sleeping, Initiator::person, t.entry->snapshot);
            t.uncertain = true;
        } else if (t.entry) {
            t.entry->owner = Initiator::person;
        }
        if (t.entry) p.record();
        p.reply(fmt::format("{} is asleep already, and stays so until it is started.", p.name()));
        return false;
    }
    if (seen.phase == Phase::awake) {
        if (t.entry && t.entry->step == SleepState::sleeping) {
            t.entry->owner = Initiator::person;
            p.record();
            if (t.accepted_at) p.reply(fmt::format("{} is stopping already.", p.name()));
            return false;
        }
        p.enter(SleepState::sleeping, Initiator::person, t.entry ? t.entry->snapshot : seen.size);
        return true;
    }
    // In transit.
    if (t.entry) {
        const bool waking = t.entry->step == SleepState::waking;
        if (waking) {
            p.enter(SleepState::sleeping, Initiator::person, t.entry->snapshot);
            t.uncertain = true;  // A wake that does not come about leaves it asleep: still doze's.
        }
        t.entry->owner = Initiator::person;
        p.record();
    } else if (seen.phase != Phase::falling_asleep && (seen.phase == Phase::waking || seen.size.desired > 0)) {
        p.enter(SleepState::sleeping, Initiator::person, seen.size.desired > 0 ? seen.size : Size{.desired = 1});
        p.record();
    }
    p.reply(seen.phase == Phase::falling_asleep
                ? fmt::format("{} is stopping already.", p.name())
                : fmt::format("{} is {} now; doze stops it as soon as that is over.", p.name(), seen.state));
    return false;
}

bool order_scale(Reconciler& p, int desired) {
    auto& t = p.t;
    const auto& seen = p.seen();
    if (seen.phase != Phase::awake && seen.phase != Phase::asleep) {
        p.reply(Error{.code = ErrorCode::aws_error,
                      .message = fmt::format("{} is {} now.", p.name(), seen.state),
                      .next_step = "Try again when it is ACTIVE.",
                      .recovery = Recovery::wait});
        return false;
    }
    close_left_awake(p);
    Size goal = t.entry ? t.entry->snapshot : seen.size;
    goal.desired = desired;
    if (desired > goal.max.value_or(desired) || desired < goal.min.value_or(desired)) {
        p.reply(Error{.code = ErrorCode::bad_request,
                      .message = fmt::format("{} takes {} to {} nodes, or 0 to sleep.", p.name(), goal.min.value_or(0),
                                             goal.max.value_or(0)),
                      .next_step = "Change the group's bounds at AWS first."});
        return false;
    }
    t.requested_awake = true;
    if (!differ(seen.size, goal)) {
        p.reply(fmt::format("{} has {} nodes already.", p.name(), desired));
        return false;
    }
    if (t.entry)
        p.enter(SleepState::waking);
    else
        p.enter(SleepState::waking, Initiator::person, goal);
    t.scale_to = goal;
    return true;
}

/// A dry run says what would be done.
bool order_only_shown(Reconciler& p) {
    const auto& order = *p.t.order;
    const bool stops = order.verb != RequestVerb::start && order.desired == 0;
    if (const auto guard = p.guard(); stops && guard) {
        p.reply(guarded(p, *guard));
        return false;
    }
    const auto would = order.verb == RequestVerb::start ? std::string("started")
                       : stops                          ? "stopped"
                                                        : fmt::format("scaled to {}", order.desired);
    p.reply(fmt::format("Dry run: nothing was changed. {} would be {}.", p.name(), would));
    return false;
}

/// An answer that contradicts the journal may be wrong or old: the plan of the open row finds out.
bool must_wait_for_proof(const Reconciler& p) {
    if (!p.t.entry || p.t.entry->step == SleepState::left_awake) return false;
    if (is_lost(p)) return true;
    const auto step = p.t.entry->step;
    if (p.t.order->verb == RequestVerb::start || p.seen().phase != Phase::awake) return false;
    // Somebody gave it another size: that one is the next snapshot.
    return (step == SleepState::asleep || step == SleepState::letting_go) && differ(p.undone(), p.t.entry->snapshot);
}

}  // namespace

bool reconcile_request(Reconciler& pass) {
    auto& t = pass.t;
    if (!t.order || t.call_out) return false;
    // An order that has moved the row is answered when the call comes back.
    if (t.order->moved) return false;
    if (!t.is_fresh()) {
        // The guards that take a call of their own were looked at when it was registered, if it was.
        const bool may_sleep = t.order->verb != RequestVerb::start && t.order->desired == 0;
        pass.look(may_sleep && !t.registration ? Depth::guards : Depth::usual);
        return false;
    }
    if (must_wait_for_proof(pass)) return false;
    if (pass.seen().phase == Phase::gone) {
        pass.reply(Error{.code = ErrorCode::not_found,
                         .message = fmt::format("{} is not there.", pass.name()),
                         .next_step = t.registration ? "Unregister it, or check its name and region."
                                                     : "Check its name and region: doze list"});
        return false;
    }
    if (pass.seen().stuck) {
        pass.reply(stuck(t));
        return false;
    }
    if (pass.c.settings.dry_run) return order_only_shown(pass);
    const auto order = *t.order;
    t.order->moved = true;
    pass.announce(Level::info, Reason::command, told(order, pass.name()));
    switch (order.verb) {
        case RequestVerb::start: return order_start(pass);
        case RequestVerb::stop: return order_stop(pass);
        case RequestVerb::scale: return order.desired == 0 ? order_stop(pass) : order_scale(pass, order.desired);
    }
    return false;
}

}  // namespace doze::core
