#pragma once

#include <optional>
#include <set>

#include "core/signal.hpp"

namespace doze::signals {

/// Why nobody can be working in the session.
enum class LockCause {
    hint,         ///< The desktop told logind that the session is locked (LockedHint).
    screensaver,  ///< A screensaver covers the screen.
    inactive,     ///< Another user's session is in front, or the person logged out.
    lid,          ///< The lid is closed over the only screen.
};

/// What the causes add up to: locked from the first to the last of them. Pure.
///
/// A screensaver counts as a lock, whether it asks for a password or not: the desktop has decided that nobody looks.
/// But once the desktop has been seen to keep LockedHint, that alone is believed.
class LockCauses {
   public:
    struct News {
        std::optional<core::SessionEvent> event;  ///< `locked` or `unlocked`; none: nothing changed.
        /// Somebody came to the machine although it is still locked: they opened the lid, or switched back to the
        /// session.
        bool is_person = false;

        bool operator==(const News&) const = default;
    };

    News set(LockCause cause, bool holds);

   private:
    [[nodiscard]] bool is_locked() const;

    std::set<LockCause> causes_;
    bool hint_is_kept_ = false;
};

}  // namespace doze::signals
