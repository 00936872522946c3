#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "core/presence/activity.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// Why nobody can be working in the session.
enum class LockCause {
    hint,         ///< The desktop told logind that the session is locked (LockedHint).
    screensaver,  ///< A screensaver covers the screen.
    inactive,     ///< Another user's session is in front, or the person logged out.
    lid,          ///< The lid is closed over the only screen.
};

/// Combines the causes: locked from the first to the last of them. Pure.
///
/// If logind knows the session, only LockedHint says whether it is locked: a screensaver may blank the screen without
/// locking. Otherwise a screensaver counts as a lock: the desktop has decided that nobody is looking.
class LockCauses {
   public:
    struct News {
        /// `locked`, `unlocked`, or `lock_forgotten` if a screensaver had counted as a lock that logind's hint denies.
        std::optional<core::SessionEvent> event;
        /// Somebody came to the machine although it is still locked: they opened the lid, or switched back to the
        /// session.
        bool is_person = false;

        bool operator==(const News&) const = default;
    };

    News set(LockCause cause, bool holds);

    /// In words; empty if not locked.
    [[nodiscard]] std::string text() const;

   private:
    [[nodiscard]] bool is_locked() const;

    std::set<LockCause> causes_;
    bool hint_is_kept_ = false;
};

/// Events of the person's session and machine, source "logind-session": systemd-logind on the system bus, screensavers
/// on the session bus, the lid by UPower (logind knows the lid, but does not signal its changes).
///
/// - `locked` from the first to the last of: LockedHint of the session; a screensaver (see LockCauses); another user's
///   session in front, or a log-out; a lid closed over the only screen (a docked machine, or one with another screen,
///   goes on). logind's signals Lock and Unlock are not listened to: they only ask the desktop, and a desktop that
///   locks without telling would stay locked for ever.
/// - `covered` while a screensaver is in front, locked or not.
/// - A person who opens the lid or switches back to the session makes a session signal, even if the screen is still
/// locked.
/// - `suspending`, `resumed`, `shutting_down`; a cancelled shutdown is reported as `resumed`.
///
/// To have time to act before a suspend or shutdown, it holds a delay inhibitor of logind, taken at the start and again
/// after each resume. logind waits at most InhibitDelayMaxSec (5 s by default). If logind refuses the inhibitor, the
/// status says so and the rest works.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class LogindSession final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    LogindSession(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment);

    /// Releases the inhibitor: everything due before the suspend or shutdown is done.
    void release();

   private:
    class Watcher;
    explicit LogindSession(const std::shared_ptr<Watcher>& watcher);

    const std::shared_ptr<Watcher> watcher_;
};

}  // namespace doze::activity
