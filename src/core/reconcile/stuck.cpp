// Resources in a state that only a person ends, at AWS: nothing is asked of them, and the usual descriptions tell when
// it is over.
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

void announce_once(Reconciler& p, std::string_view what) {
    if (std::exchange(p.record.told_stuck, true)) return;
    p.announce(Level::warning, Reason::refused, fmt::format("{} {}. {}", p.name(), what, stuck(p.record).text()));
}

/// What AWS may still do is waited for.
void give_up_stuck_sleep(Reconciler& p) {
    announce_once(p, "can't be put to sleep now");
    if (p.record.calls.may_have_happened()) return;
    p.record.settled_for_absence = true;
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
        if (desired.is_asleep() || desired.depends_on_resource()) announce_once(p, "stays awake");
        return Next::wait;
    }
    switch (entry->step) {
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
