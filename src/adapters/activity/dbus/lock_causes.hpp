#pragma once

#include <optional>
#include <set>
#include <string>

#include "core/presence/activity_signal.hpp"

namespace doze::activity {

/// Why nobody can be working in the session.
enum class LockCause {
    hint,         ///< The desktop told logind that the session is locked (LockedHint).
    screensaver,  ///< A screensaver covers the screen.
    inactive,     ///< Another user's session is in front, or the person logged out.
    lid,          ///< The lid is closed over the only screen.
};

/// What the causes add up to: locked from the first to the last of them. Pure.
///
/// Where logind tells of the session, LockedHint alone says whether it is locked: a screensaver may blank the screen
/// and lock nothing. Where it does not, a screensaver counts as a lock: the desktop has decided that nobody looks.
class LockCauses {
   public:
    struct News {
        /// `locked`, `unlocked`, or `lock_forgotten` where it was none; none: nothing changed.
        std::optional<core::SessionEvent> event;
        /// Somebody came to the machine although it is still locked: they opened the lid, or switched back to the
        /// session.
        bool is_person = false;

        bool operator==(const News&) const = default;
    };

    News set(LockCause cause, bool holds);

    /// In words; empty where it is not locked.
    [[nodiscard]] std::string text() const;

   private:
    [[nodiscard]] bool is_locked() const;

    std::set<LockCause> causes_;
    bool hint_is_kept_ = false;
};

}  // namespace doze::activity
