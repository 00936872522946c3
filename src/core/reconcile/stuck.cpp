// Resources in a state that only a person ends, at AWS: nothing is asked of them, and the usual looks tell when it is
// over.
#include <fmt/format.h>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

void tell_once(Reconciler& p, std::string_view what) {
    if (std::exchange(p.t.told_stuck, true)) return;
    p.announce(Level::warning, Reason::refused, fmt::format("{} {}. {}", p.name(), what, stuck(p.t).text()));
}

}  // namespace

Error stuck(const ResourceRecord& tracked) {
    return {.code = ErrorCode::aws_error,
            .message = fmt::format("{} is {}, a state that does not pass by itself.", to_string(tracked.id),
                                   tracked.seen->state),
            .next_step = tracked.seen->advice};
}

bool plan_stuck(Reconciler& p) {
    auto& t = p.t;
    const bool away = p.c.away && !p.c.blind && !p.c.held;
    if (!t.entry || t.entry->step == SleepState::left_awake) {
        if (t.entry) return plan_left_awake(p);
        if (away && !t.settled_for_absence && t.registration) tell_once(p, "stays awake");
        return false;
    }
    switch (t.entry->step) {
        case SleepState::sleeping:
            // What AWS may still do is waited for.
            tell_once(p, "can't be put to sleep now");
            if (t.accepted_at || t.uncertain) return false;
            t.settled_for_absence = true;
            p.close();
            return false;
        case SleepState::asleep:
            if (t.requested_awake || (t.entry->owner == Initiator::doze && !p.c.away))
                tell_once(p, "can't be woken now");
            return false;
        case SleepState::waking: tell_once(p, "does not come up"); return false;
        case SleepState::letting_go:
        case SleepState::left_awake: break;
    }
    return false;
}

}  // namespace doze::core
