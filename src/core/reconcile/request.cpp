// A person's request about one resource: START, STOP, SCALE. It waits for a fresh description, moves the journal's
// row where it should go, and leaves the calls to that sleep state. It is answered when AWS accepted the call, or
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
    if (!info(p.record.id.kind).sized)
        return {.desired = 1, .min = size.min, .max = size.max, .suspended = size.suspended};
    const int wanted = p.record.registration ? p.record.registration->desired_size.value_or(1) : 1;
    const int most = std::max({1, size.min.value_or(1), size.max.value_or(wanted)});
    return {.desired = std::clamp(wanted, std::max(1, size.min.value_or(1)), most),
            .min = size.min,
            .max = size.max ? std::optional(most) : std::nullopt,
            .suspended = size.suspended};
}

std::string told(const Request& request, const std::string& name) {
    switch (request.verb) {
        case RequestVerb::start: return fmt::format("Told to start {}.", name);
        case RequestVerb::stop: return fmt::format("Told to stop {}.", name);
        case RequestVerb::scale: return fmt::format("Told to scale {} to {}.", name, request.desired);
    }
    return {};
}

void close_left_awake(Reconciler& p) {
    if (p.record.entry && p.record.entry->sleep_state == SleepState::left_awake) p.close();
}

Next request_start(Reconciler& p) {
    auto& t = p.record;
    t.requested_awake = true;
    if (t.entry) p.write();
    const auto phase = p.seen().phase;
    if (phase == Phase::awake) {
        p.reply(fmt::format("{} is awake already.", p.name()));
        return Next::wait;
    }
    close_left_awake(p);
    if (phase != Phase::asleep) {
        if (!t.entry && phase != Phase::waking) {
            p.enter(SleepState::waking, Initiator::person, start_size(p));
            p.write();
        }
        p.reply(phase == Phase::waking
                    ? fmt::format("{} is starting already.", p.name())
                    : fmt::format("{} is {} now; doze starts it as soon as that is over.", p.name(), p.seen().state));
        return Next::wait;
    }
    if (!t.entry) {
        p.enter(SleepState::waking, Initiator::person, start_size(p));
        return Next::again;
    }
    if (t.entry->sleep_state != SleepState::asleep) return Next::wait;  // It goes on from there.
    p.enter(SleepState::waking);
    return Next::again;
}

Error guarded(const Reconciler& p, const Guard& guard) {
    return {.code = ErrorCode::guarded,
            .message = fmt::format("{} is guarded. {}", p.name(), guard.why),
            .next_step = guard.by_tag ? "Register it with force to override the tag." : ""};
}

/// A wake that is under way is turned round. One that does not come about leaves it asleep: still doze's.
void turn_round(Reconciler& p) {
    p.enter(SleepState::sleeping, Initiator::person, p.record.entry->snapshot);
    p.record.calls.doubt();
}

Next stop_asleep(Reconciler& p) {
    auto& entry = p.record.entry;
    if (entry && entry->sleep_state == SleepState::waking) turn_round(p);
    if (entry) {
        entry->initiator = Initiator::person;
        p.write();
    }
    p.reply(fmt::format("{} is asleep already, and stays so until it is started.", p.name()));
    return Next::wait;
}

Next stop_awake(Reconciler& p) {
    auto& t = p.record;
    if (!t.entry || t.entry->sleep_state != SleepState::sleeping) {
        p.enter(SleepState::sleeping, Initiator::person, t.entry ? t.entry->snapshot : p.seen().size);
        return Next::again;
    }
    t.entry->initiator = Initiator::person;
    p.write();
    if (t.calls.is_accepted()) p.reply(fmt::format("{} is stopping already.", p.name()));
    return Next::wait;
}

Next stop_in_transit(Reconciler& p) {
    auto& t = p.record;
    const auto& seen = p.seen();
    if (t.entry) {
        if (t.entry->sleep_state == SleepState::waking) turn_round(p);
        t.entry->initiator = Initiator::person;
        p.write();
    } else if (seen.phase != Phase::falling_asleep && (seen.phase == Phase::waking || seen.size.desired > 0)) {
        p.enter(SleepState::sleeping, Initiator::person, seen.size.desired > 0 ? seen.size : Size{.desired = 1});
        p.write();
    }
    p.reply(seen.phase == Phase::falling_asleep
                ? fmt::format("{} is stopping already.", p.name())
                : fmt::format("{} is {} now; doze stops it as soon as that is over.", p.name(), seen.state));
    return Next::wait;
}

Next request_stop(Reconciler& p) {
    if (const auto guard = p.guard()) {
        p.reply(guarded(p, *guard));
        return Next::wait;
    }
    p.record.requested_awake = false;
    close_left_awake(p);
    switch (p.seen().phase) {
        case Phase::asleep: return stop_asleep(p);
        case Phase::awake: return stop_awake(p);
        default: return stop_in_transit(p);
    }
}

Next request_scale(Reconciler& p, int desired) {
    auto& t = p.record;
    const auto& seen = p.seen();
    if (seen.phase != Phase::awake && seen.phase != Phase::asleep) {
        p.reply(Error{.code = ErrorCode::aws_error,
                      .message = fmt::format("{} is {} now.", p.name(), seen.state),
                      .next_step = "Try again when it is ACTIVE.",
                      .recovery = Recovery::wait});
        return Next::wait;
    }
    close_left_awake(p);
    Size goal = t.entry ? t.entry->snapshot : seen.size;
    goal.desired = desired;
    if (desired > goal.max.value_or(desired) || desired < goal.min.value_or(desired)) {
        p.reply(Error{.code = ErrorCode::bad_request,
                      .message = fmt::format("{} takes {} to {} nodes, or 0 to sleep.", p.name(), goal.min.value_or(0),
                                             goal.max.value_or(0)),
                      .next_step = "Change the group's bounds at AWS first."});
        return Next::wait;
    }
    t.requested_awake = true;
    if (!differ(seen.size, goal)) {
        p.reply(fmt::format("{} has {} nodes already.", p.name(), desired));
        return Next::wait;
    }
    if (t.entry)
        p.enter(SleepState::waking);
    else
        p.enter(SleepState::waking, Initiator::person, goal);
    t.scale_to = goal;
    return Next::again;
}

/// A dry run says what would be done.
Next only_say(Reconciler& p) {
    const auto& request = *p.record.request;
    const bool stops = request.verb != RequestVerb::start && request.desired == 0;
    if (const auto guard = p.guard(); stops && guard) {
        p.reply(guarded(p, *guard));
        return Next::wait;
    }
    const auto would = request.verb == RequestVerb::start ? std::string("started")
                       : stops                            ? "stopped"
                                                          : fmt::format("scaled to {}", request.desired);
    p.reply(fmt::format("Dry run: nothing was changed. {} would be {}.", p.name(), would));
    return Next::wait;
}

/// An answer that contradicts the journal may be wrong or old: the open row's own reconciliation finds out.
bool must_wait_for_proof(const Reconciler& p) {
    if (!p.record.entry || p.record.entry->sleep_state == SleepState::left_awake) return false;
    if (is_lost(p)) return true;
    const auto step = p.record.entry->sleep_state;
    if (p.record.request->verb == RequestVerb::start || p.seen().phase != Phase::awake) return false;
    // Somebody gave it another size: that one is the next snapshot.
    return (step == SleepState::asleep || step == SleepState::letting_go) &&
           differ(p.undone(), p.record.entry->snapshot);
}

/// Why nothing can be done about what is seen, whatever is asked for.
std::optional<Error> refusal(const Reconciler& p) {
    const auto& t = p.record;
    if (p.seen().stuck && p.seen().phase != Phase::gone) return stuck(t);
    if (p.seen().phase != Phase::gone) return std::nullopt;
    return Error{.code = ErrorCode::not_found,
                 .message = fmt::format("{} is not there.", p.name()),
                 .next_step = t.registration ? "Unregister it, or check its name and region."
                                             : "Check its name and region: doze list"};
}

}  // namespace

Next reconcile_request(Reconciler& p) {
    auto& t = p.record;
    // One that has moved the row is answered when the call comes back.
    if (!t.request || t.request->stage == Request::Stage::called) return Next::wait;
    if (!t.is_fresh()) {
        // The guards that take a call of their own were asked when it was registered, if it was.
        const bool may_sleep = t.request->verb != RequestVerb::start && t.request->desired == 0;
        return p.describe(may_sleep && !t.registration ? Depth::guards : Depth::usual);
    }
    if (must_wait_for_proof(p)) return Next::wait;
    if (auto why = refusal(p)) {
        p.reply(*std::move(why));
        return Next::wait;
    }
    if (p.is_dry_run()) return only_say(p);
    const auto request = *t.request;
    t.request->stage = Request::Stage::called;
    p.announce(Level::info, Reason::command, told(request, p.name()));
    switch (request.verb) {
        case RequestVerb::start: return request_start(p);
        case RequestVerb::stop: return request_stop(p);
        case RequestVerb::scale: return request.desired == 0 ? request_stop(p) : request_scale(p, request.desired);
    }
    return Next::wait;
}

}  // namespace doze::core
