#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "adapters/activity/source.hpp"
#include "adapters/dbus/bus_environment.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

/// What happens to the person's session and machine, as source "logind-session": systemd-logind on the system bus, the
/// screensavers on the session bus, the lid by UPower (logind knows of the lid, but does not tell of changes).
///
/// - `locked` from the first to the last of: LockedHint of the session; a screensaver (see LockCauses); another user's
///   session in front, or a log-out; a lid closed over the only screen (a docked machine, or one with another screen,
///   goes on). logind's signals Lock and Unlock are not listened to: they only ask the desktop, and a desktop that
///   locks without telling would stay locked for ever.
/// - `covered` while a screensaver is in front, locked or not.
/// - Whoever opens the lid or switches back to the session is there: a session signal, even if the screen is still
/// locked.
/// - `suspending`, `resumed`, `shutting_down`; a shutdown that was called off is told as `resumed`.
///
/// So that there is time for what is to be done before a suspend or a shutdown, it holds a delay inhibitor of logind,
/// taken at the start and again after each resume. logind waits no longer than InhibitDelayMaxSec (5 s by default).
/// Where logind refuses it, the status says so, and all else works.
///
/// Runs on the loop of `io` and must be destroyed on its thread, at any time, even from within the sink.
class LogindSession final : public SourceHandle {
   public:
    /// `clock` must outlive the source.
    LogindSession(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment);

    /// All that had to be done before the suspend or shutdown is done: logind need wait no longer.
    void release();

   private:
    class Watcher;
    explicit LogindSession(const std::shared_ptr<Watcher>& watcher);

    const std::shared_ptr<Watcher> watcher_;
};

}  // namespace doze::activity
