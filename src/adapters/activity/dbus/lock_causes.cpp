#include "adapters/activity/dbus/lock_causes.hpp"

#include <algorithm>

namespace doze::activity {

bool LockCauses::is_locked() const {
    return std::ranges::any_of(causes_,
                               [&](LockCause cause) { return cause != LockCause::screensaver || !hint_is_kept_; });
}

std::string LockCauses::text() const {
    if (!is_locked()) return {};
    std::string text;
    for (const auto cause : causes_) {
        if (!text.empty()) text += ' ';
        switch (cause) {
            case LockCause::hint: text += "logind says that the session is locked (LockedHint)."; break;
            case LockCause::screensaver:
                if (!hint_is_kept_) text += "A screensaver is in front, which counts as a lock.";
                break;
            case LockCause::inactive: text += "Another session is in front, or you are logged out."; break;
            case LockCause::lid: text += "The lid is closed."; break;
        }
    }
    return text;
}

LockCauses::News LockCauses::set(LockCause cause, bool holds) {
    const bool was_locked = is_locked();
    const bool hint_is_new = cause == LockCause::hint && !hint_is_kept_;
    const bool ended = causes_.contains(cause) && !holds;
    if (holds) {
        causes_.insert(cause);
    } else {
        causes_.erase(cause);
    }
    hint_is_kept_ |= hint_is_new;
    if (is_locked() != was_locked) {
        if (was_locked && hint_is_new) return {.event = core::SessionEvent::lock_forgotten};
        return {.event = was_locked ? core::SessionEvent::unlocked : core::SessionEvent::locked};
    }
    return {.event = {}, .is_person = ended && (cause == LockCause::inactive || cause == LockCause::lid)};
}

}  // namespace doze::activity
