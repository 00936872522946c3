#include "core/policy/desired_state.hpp"

#include <utility>

namespace doze::core {
namespace {

using Wanted = DesiredState::State;
using Source = DesiredState::Source;

DesiredState because(Wanted state, Reason reason, Source source, std::string sentence = {}) {
    return {.state = state, .reason = reason, .source = source, .sentence = std::move(sentence)};
}

DesiredState held(const PolicyInputs& in) {
    auto desired = because(Wanted::leave_alone, Reason::held, Source::hold);
    desired.until = in.held_until;
    return desired;
}

/// What is known of the resource itself keeps it awake, if anything does.
std::optional<DesiredState> kept_awake(const PolicyInputs& in) {
    if (in.guard) return because(Wanted::leave_alone, Reason::guarded, Source::guard, in.guard->why);
    if (in.untold_loss) return because(Wanted::leave_alone, Reason::guarded, Source::loss, *in.untold_loss);
    if (in.busy) return because(Wanted::leave_alone, Reason::busy, Source::load, *in.busy);
    return std::nullopt;
}

/// Nobody put it to sleep: it is, once in each absence, unless something speaks against it.
DesiredState untouched(const PolicyInputs& in) {
    if (!in.registered) return because(Wanted::leave_alone, Reason::configured, Source::registration);
    if (!in.away) return because(Wanted::leave_alone, Reason::presence, Source::presence);
    if (in.requested_awake) return because(Wanted::awake, Reason::command, Source::request);
    if (in.held) return held(in);
    if (in.settled) return because(Wanted::leave_alone, Reason::started_by_hand, Source::absence);
    if (in.blind) return because(Wanted::leave_alone, Reason::blind, Source::blindness);
    if (auto kept = kept_awake(in)) return *std::move(kept);
    return because(Wanted::asleep, Reason::away, Source::presence);
}

/// It stays awake in this absence. After a hold everything is considered again, as in a new absence, but for what the
/// person asked for.
DesiredState left_awake(const PolicyInputs& in) {
    if (!in.away) return because(Wanted::leave_alone, Reason::presence, Source::presence);
    if (in.requested_awake) return because(Wanted::awake, Reason::command, Source::request);
    if (in.held) return held(in);
    return because(Wanted::leave_alone, Reason::started_by_hand, Source::absence);
}

/// The call of its sleep has not gone out, or does not show yet. A person's own command goes before everything but a
/// guard.
DesiredState falling_asleep(const PolicyInputs& in) {
    if (in.requested_awake) return because(Wanted::awake, Reason::command, Source::request);
    const bool by_person = in.initiator == Initiator::person;
    if (!by_person) {
        if (!in.away) return because(Wanted::awake, Reason::returned, Source::presence);
        if (in.held) return held(in);
        if (in.blind) return because(Wanted::leave_alone, Reason::blind, Source::blindness);
    }
    if (in.guard) return because(Wanted::leave_alone, Reason::guarded, Source::guard, in.guard->why);
    return by_person ? because(Wanted::asleep, Reason::command, Source::initiator)
                     : because(Wanted::asleep, Reason::away, Source::presence);
}

/// What a person stopped stays so until they say otherwise; what doze put to sleep wakes when they are back.
DesiredState asleep(const PolicyInputs& in) {
    if (in.requested_awake) return because(Wanted::awake, Reason::command, Source::request);
    if (in.initiator == Initiator::person) return because(Wanted::asleep, Reason::command, Source::initiator);
    if (!in.away) return because(Wanted::awake, Reason::returned, Source::presence);
    return because(Wanted::asleep, Reason::away, Source::presence);
}

/// A start that a person asked for goes on though they leave; doze's own does not.
DesiredState waking(const PolicyInputs& in) {
    if (in.requested_awake) return because(Wanted::awake, Reason::command, Source::request);
    if (!in.away) return because(Wanted::awake, Reason::returned, Source::presence);
    if (in.initiator == Initiator::person) return because(Wanted::awake, Reason::command, Source::initiator);
    return because(Wanted::asleep, Reason::away, Source::presence);
}

DesiredState decided(const PolicyInputs& in) {
    if (!in.sleep_state) return untouched(in);
    switch (*in.sleep_state) {
        case SleepState::sleeping: return falling_asleep(in);
        case SleepState::asleep: return asleep(in);
        case SleepState::waking: return waking(in);
        case SleepState::left_awake: return left_awake(in);
        case SleepState::letting_go: break;
    }
    return because(Wanted::leave_alone, Reason::changed_by_hand, Source::hand);
}

}  // namespace

bool DesiredState::depends_on_resource() const {
    return source == Source::guard || source == Source::loss || source == Source::load;
}

DesiredState desired_state(const PolicyInputs& inputs) {
    auto desired = decided(inputs);
    desired.awaited = !inputs.away || inputs.requested_awake;
    return desired;
}

}  // namespace doze::core
