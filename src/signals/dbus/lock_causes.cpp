#include "signals/dbus/lock_causes.hpp"

#include <algorithm>

namespace doze::signals {

bool LockCauses::is_locked() const {
    return std::ranges::any_of(causes_,
                               [&](LockCause cause) { return cause != LockCause::screensaver || !hint_is_kept_; });
}

LockCauses::News LockCauses::set(LockCause cause, bool holds) {
    const bool was_locked = is_locked();
    const bool ended = causes_.contains(cause) && !holds;
    if (holds) {
        causes_.insert(cause);
    } else {
        causes_.erase(cause);
    }
    hint_is_kept_ |= cause == LockCause::hint && holds;
    if (is_locked() != was_locked) {
        return {.event = was_locked ? core::SessionEvent::unlocked : core::SessionEvent::locked};
    }
    return {.event = {}, .is_person = ended && (cause == LockCause::inactive || cause == LockCause::lid)};
}

}  // namespace doze::signals
