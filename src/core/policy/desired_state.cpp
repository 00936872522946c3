#include "core/policy/desired_state.hpp"

#include <utility>

namespace doze::core {
namespace {

using Wanted = DesiredState::State;

DesiredState because(Wanted state, Reason reason, std::string sentence = {}) {
    return {.state = state, .reason = reason, .sentence = std::move(sentence)};
}

/// What is known of the resource itself keeps it awake, if anything does.
std::optional<DesiredState> kept_awake(const PolicyInputs& in) {
    if (in.guard) return because(Wanted::keep_awake, Reason::guarded, in.guard->why);
    if (in.untold_loss) {
        auto kept = because(Wanted::keep_awake, Reason::guarded, *in.untold_loss);
        kept.tells_loss = true;
        return kept;
    }
    if (in.busy) return because(Wanted::asleep_later, Reason::busy, *in.busy);
    return std::nullopt;
}

/// Nobody put it to sleep: it is, once in each absence, unless something speaks against it.
DesiredState untouched(const PolicyInputs& in) {
    if (!in.registered) return because(Wanted::leave_alone, Reason::configured);
    if (!in.away) return because(Wanted::leave_alone, Reason::presence);
    if (in.requested_awake) return because(Wanted::awake, Reason::command);
    if (in.held) return because(Wanted::leave_alone, Reason::held);
    if (in.absence_handled) return because(Wanted::left_awake, Reason::started_by_hand);
    if (in.blind) return because(Wanted::leave_alone, Reason::blind);
    if (auto kept = kept_awake(in)) return *std::move(kept);
    return because(Wanted::asleep, Reason::away);
}

/// It stays awake in this absence. After a hold everything is considered again, as in a new absence, but for what the
/// person asked for.
DesiredState left_awake(const PolicyInputs& in) {
    if (!in.away) return because(Wanted::leave_alone, Reason::presence);
    if (in.requested_awake) return because(Wanted::awake, Reason::command);
    if (in.held) return because(Wanted::leave_alone, Reason::held);
    return because(Wanted::left_awake, Reason::started_by_hand);
}

/// The call of its sleep has not gone out, or does not show yet. A person's own command goes before everything but a
/// guard.
DesiredState falling_asleep(const PolicyInputs& in) {
    if (in.requested_awake) return because(Wanted::awake, Reason::command);
    const bool by_person = in.initiator == Initiator::person;
    if (!by_person) {
        if (!in.away) return because(Wanted::awake, Reason::returned);
        if (in.held) return because(Wanted::leave_alone, Reason::held);
        if (in.blind) return because(Wanted::asleep_later, Reason::blind);
    }
    if (in.guard) return because(Wanted::keep_awake, Reason::guarded, in.guard->why);
    return because(Wanted::asleep, by_person ? Reason::command : Reason::away);
}

/// What a person stopped stays so until they say otherwise; what doze put to sleep wakes when they are back.
DesiredState asleep(const PolicyInputs& in) {
    if (in.requested_awake) return because(Wanted::awake, Reason::command);
    if (in.initiator == Initiator::person) return because(Wanted::asleep, Reason::command);
    if (!in.away) return because(Wanted::awake, Reason::returned);
    return because(Wanted::asleep, Reason::away);
}

/// A start that a person asked for goes on though they leave; doze's own does not.
DesiredState waking(const PolicyInputs& in) {
    if (in.requested_awake) return because(Wanted::awake, Reason::command);
    if (!in.away) return because(Wanted::awake, Reason::returned);
    if (in.initiator == Initiator::person) return because(Wanted::awake, Reason::command);
    return because(Wanted::asleep, Reason::away);
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
    return because(Wanted::leave_alone, Reason::changed_by_hand);
}

}  // namespace

DesiredState desired_state(const PolicyInputs& inputs) {
    auto desired = decided(inputs);
    desired.awaited = !inputs.away || inputs.requested_awake;
    return desired;
}

}  // namespace doze::core
