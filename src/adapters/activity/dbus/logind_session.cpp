#include "adapters/activity/dbus/logind_session.hpp"

#include <algorithm>
#include <fcntl.h>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "adapters/activity/dbus/person_session.hpp"
#include "adapters/dbus/bus.hpp"
#include "base/handle.hpp"

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

namespace {

using core::SessionEvent;

using dbus::Member;

constexpr const char* upower = "org.freedesktop.UPower";
constexpr const char* upower_path = "/org/freedesktop/UPower";

struct ScreenSaver {
    const char* service;  ///< Also its interface.
    const char* path;
};
constexpr ScreenSaver screensavers[] = {
    {"org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"},
    {"org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"},
    {"org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"},
    {"org.mate.ScreenSaver", "/org/mate/ScreenSaver"},
    {"org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"},
};

Member manager(const char* name) {
    return {logind, logind_path, logind_manager, name};
}

}  // namespace

class LogindSession::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment)
        : SingleSource(io, {.name = "logind-session", .kind = core::ActivityKind::session}),
          clock_(clock),
          environment_(std::move(environment)),
          system_(io, "system bus", environment_.system_address),
          session_bus_(io, "session bus", environment_.session_address),
          session_(system_, environment_) {}

    void release() { inhibitor_.reset(); }

   private:
    void let_go() override { release(); }

    void begin() override {
        system_.start(weak_from_this(), {.connected = [this] { listen_to_logind(); },
                                         .lost = [this](const Error& why) { lose(why.text()); }});
        // Without the session bus there are no screensavers to watch; that is no failure.
        session_bus_.start(weak_from_this(),
                           {.connected = [this] { listen_to_screensavers(); }, .lost = [](const Error&) {}});
    }

    void listen_to_logind() {
        system_.on_signal<bool>(manager("PrepareForSleep"), [this](bool begins) {
            prepare(begins ? SessionEvent::suspending : SessionEvent::resumed);
        });
        system_.on_signal<bool>(manager("PrepareForShutdown"), [this](bool begins) {
            prepare(begins ? SessionEvent::shutting_down : SessionEvent::resumed);
        });
        system_.watch_service(logind, [this](bool is_there) {
            if (!is_there) {
                return lose("systemd-logind does not run on this machine: doze does not learn of a lock or a suspend.");
            }
            inhibit();
            session_.follow({.told = [this](const auto& facts) { judge(facts); },
                             .failed =
                                 [this](const Error& why) {
                                     lose(why.text());
                                     system_.restart_later();
                                 }});
        });
        listen_to_lid();
    }

    /// The last known state of the session holds until logind reports another.
    void lose(std::string why) {
        is_running_ = false;
        tell_unavailable(std::move(why));
    }

    void prepare(SessionEvent event) {
        tell(event);
        if (event == SessionEvent::resumed && !inhibitor_) inhibit();
    }

    void inhibit() {
        system_.call<sdbus::UnixFd>(
            manager("Inhibit"),
            [this](Result<sdbus::UnixFd> lock) {
                // A duplicate with CLOEXEC, because programs started by doze would inherit sdbus-c++'s descriptor, and
                // with it the inhibitor.
                inhibitor_.reset(lock ? ::fcntl(lock->get(), F_DUPFD_CLOEXEC, 0) : -1);
                refused_ = lock ? ""
                                : lock.error().message +
                                      " So a suspend or a shutdown does not wait until everything is "
                                      "put to sleep at AWS.";
                tell_how();
            },
            std::string("sleep:shutdown"), std::string("doze"), std::string("Puts cloud resources to sleep"),
            std::string("delay"));
    }

    void judge(const std::optional<SessionFacts>& facts) {
        system_.succeeded();
        is_running_ = true;
        was_logged_in_ |= facts.has_value();
        if (facts) set(LockCause::hint, facts->is_locked);
        set(LockCause::inactive, facts ? !facts->is_active : was_logged_in_);
        tell_how();
    }

    /// The status mentions the lock, so that a person can see when doze wrongly takes the session for locked.
    void tell_how() {
        if (!is_running_) return;
        const auto locked = causes_.text();
        tell_running(locked + (locked.empty() || refused_.empty() ? "" : " ") + refused_);
    }

    void listen_to_lid() {
        system_.on_properties(upower, upower_path, upower, [this](const dbus::Properties& changed, const auto&) {
            const auto closed = changed.find("LidIsClosed");
            if (closed == changed.end()) return;
            if (const auto is_closed = dbus::Bus::unpack<bool>(closed->second, "LidIsClosed")) lid(*is_closed);
        });
        system_.watch_service(upower, [this](bool is_there) {
            if (!is_there) return;
            system_.get<bool>({upower, upower_path, upower, "LidIsClosed"}, [this](Result<bool> is_closed) {
                if (is_closed) lid(*is_closed);
            });
        });
    }

    void lid(bool is_closed) {
        is_lid_closed_ = is_closed;
        if (!is_closed) return set(LockCause::lid, false);
        system_.get<bool>(manager("Docked"), [this](Result<bool> docked) {
            if (is_lid_closed_) set(LockCause::lid, docked && !*docked);
        });
    }

    void listen_to_screensavers() {
        for (const ScreenSaver& one : screensavers) {
            const std::string service = one.service;
            const auto tell_active = [this, service](bool is_active) {
                if (is_active) {
                    active_.insert(service);
                } else {
                    active_.erase(service);
                }
                cover(service, is_active);
                set(LockCause::screensaver, !active_.empty());
            };
            session_bus_.on_signal<bool>({service, one.path, service, "ActiveChanged"}, tell_active);
            session_bus_.watch_service(service, [this, one, service, tell_active](bool is_there) {
                // A screensaver that went away may have left the screen locked, but no longer covers it.
                if (!is_there) return cover(service, false);
                session_bus_.call<bool>({service, one.path, service, "GetActive"},
                                        [tell_active](Result<bool> is_active) {
                                            if (is_active) tell_active(*is_active);
                                        });
            });
        }
        session_bus_.succeeded();
    }

    void cover(const std::string& service, bool is_active) {
        const bool was_covered = !covering_.empty();
        if (is_active) {
            covering_.insert(service);
        } else {
            covering_.erase(service);
        }
        if (covering_.empty() == was_covered) tell(was_covered ? SessionEvent::uncovered : SessionEvent::covered);
    }

    void set(LockCause cause, bool holds) {
        const auto news = causes_.set(cause, holds);
        if (cause != LockCause::hint) tell_how();
        if (news.event) tell(*news.event);
        if (news.is_person) tell({.kind = core::ActivityKind::session, .at = clock_.now().boot});
    }

    const ports::Clock& clock_;
    const dbus::BusEnvironment environment_;
    dbus::Bus system_;
    dbus::Bus session_bus_;
    PersonSession session_;
    LockCauses causes_;
    std::set<std::string> active_;    ///< Screensavers that cover the screen, or did when they exited.
    std::set<std::string> covering_;  ///< Those of them that still run.
    UniqueFd inhibitor_;
    std::string refused_;  ///< Why logind gave no inhibitor.
    bool is_running_ = false;
    bool was_logged_in_ = false;
    bool is_lid_closed_ = false;
};

LogindSession::LogindSession(boost::asio::io_context& io, const ports::Clock& clock, dbus::BusEnvironment environment)
    : LogindSession(std::make_shared<Watcher>(io, clock, std::move(environment))) {}

LogindSession::LogindSession(const std::shared_ptr<Watcher>& watcher) : SourceHandle(watcher), watcher_(watcher) {}

void LogindSession::release() {
    watcher_->release();
}

}  // namespace doze::activity
