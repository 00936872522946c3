#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "adapters/dbus/bus.hpp"
#include "adapters/dbus/bus_environment.hpp"

namespace doze::activity {

/// A session with a desktop, as systemd-logind knows it.
struct GraphicalSession {
    std::string id;
    std::string display;  ///< Of X, such as ":1"; often empty.

    bool operator==(const GraphicalSession&) const = default;
};

/// All graphical sessions of the person that doze runs for, local and remote; without greeters and sessions that have
/// ended.
class GraphicalSessions {
   public:
    using Told = std::function<void(const std::vector<GraphicalSession>&)>;

    /// `bus` is the system bus. Both must outlive this.
    GraphicalSessions(dbus::Bus& bus, const dbus::BusEnvironment& environment) : bus_(bus), environment_(environment) {}

    /// Call once after each `connected` of the bus, when logind is there. `told` is called at each change.
    void follow(Told told);

   private:
    void list();
    void read(const std::string& id, const std::string& path);
    void answered();

    dbus::Bus& bus_;
    const dbus::BusEnvironment& environment_;
    Told told_;
    unsigned round_ = 0;  ///< Number of the current query; answers to an older one are ignored.
    std::size_t open_ = 0;
    std::vector<GraphicalSession> found_;
};

inline constexpr const char* logind = "org.freedesktop.login1";
inline constexpr const char* logind_path = "/org/freedesktop/login1";
inline constexpr const char* logind_manager = "org.freedesktop.login1.Manager";

/// State of a session, according to systemd-logind.
struct SessionFacts {
    bool is_graphical = false;
    bool is_active = true;         ///< In the foreground, not behind another user's session.
    bool is_locked = false;        ///< LockedHint, as the desktop keeps it.
    bool is_idle = false;          ///< IdleHint, as the desktop keeps it.
    std::uint64_t idle_since = 0;  ///< When that last changed: microseconds of CLOCK_MONOTONIC; 0: never.
};

/// The session of the person that doze runs for, according to systemd-logind: that of XDG_SESSION_ID if it is graphical
/// (it is not if doze was started over SSH), else the one that logind names as the user's display. (A user service
/// belongs to no session, so logind can't be asked for the caller's.)
class PersonSession {
   public:
    struct Events {
        /// The session's current state; empty: the person is not logged in to a graphical session.
        std::function<void(const std::optional<SessionFacts>&)> told;
        std::function<void(const Error&)> failed;
    };

    /// `bus` is the system bus. Both must outlive this.
    PersonSession(dbus::Bus& bus, const dbus::BusEnvironment& environment) : bus_(bus), environment_(environment) {}

    /// Call once after each `connected` of the bus, when logind is there. Restarts the bus connection if another
    /// session becomes the person's.
    void follow(Events events);

   private:
    void find();
    void find_by_user();
    void read_display(const std::string& user_path);
    void read(const std::string& path, bool is_certain);
    void watch(const std::string& path);

    dbus::Bus& bus_;
    const dbus::BusEnvironment& environment_;
    Events events_;
    std::string user_path_;  ///< Empty: not watched yet.
    std::string path_;       ///< Of the session; empty: none is watched yet.
};

}  // namespace doze::activity
