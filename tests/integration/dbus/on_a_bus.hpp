#pragma once

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "adapters/dbus/bus_environment.hpp"
#include "desktop.hpp"
#include "integration/listening.hpp"
#include "ports/activity_source.hpp"

namespace doze::testing {

/// A bus for a source to listen to.
class OnABus : public Listening {
   protected:
    void listen(ports::ActivitySource& source) { source.start(sink()); }

    void until_events(std::size_t count) {
        until([&] { return events_.size() >= count; });
    }
    /// Runs the loop on for a while, in which nothing should happen.
    void a_while(std::chrono::milliseconds time = std::chrono::milliseconds(300)) { pass(time); }

    PrivateBus bus_;
    dbus::BusEnvironment environment_{
        .system_address = bus_.address(), .session_address = bus_.address(), .session_id = "", .user = 1000};
};

/// systemd-logind with one graphical session, c1, of user 1000.
class Logind {
   public:
    explicit Logind(PrivateBus& bus, const std::string& type = "wayland")
        : bus_(bus), mock_(Mock::from_template(bus, "logind", service, path)) {
        mock_.add(manager, {{"BlockInhibited", sdbus::Variant(std::string("handle-lid-switch"))},
                            {"Docked", sdbus::Variant(false)}});
        // The template's own takes no numbers.
        mock_.answer(manager, "GetUser", "u", "o", "ret = '/org/freedesktop/login1/user/%d' % args[0]");
        add_session("c1");
        change({{"Type", sdbus::Variant(type)}});
        show("c1");
    }

    void add_session(const std::string& id) {
        mock_.control(path, "AddSession", id, std::string("seat0"), std::uint32_t{1000}, std::string("me"), true);
    }
    /// Makes it the session of the user's display; "" is none.
    void show(const std::string& id) {
        const std::string session = id.empty() ? "/" : std::string(path) + "/session/" + id;
        const sdbus::Struct<std::string, sdbus::ObjectPath> display{id, sdbus::ObjectPath(session)};
        bus_.call(service, std::string(path) + "/user/1000", "org.freedesktop.DBus.Properties", "Set",
                  std::string("org.freedesktop.login1.User"), std::string("Display"), sdbus::Variant(display));
    }
    /// Properties of the session c1.
    void change(const Properties& properties) {
        mock_.change(std::string(path) + "/session/c1", "org.freedesktop.login1.Session", properties);
    }
    void lock(bool locked) { change({{"LockedHint", sdbus::Variant(locked)}}); }
    void change_manager(const Properties& properties) { mock_.change(path, manager, properties); }
    void emit(const std::string& signal, bool value) { mock_.emit(manager, signal, "b", {sdbus::Variant(value)}); }
    void refuse_inhibitors() {
        mock_.answer(manager, "Inhibit", "ssss", "h",
                     "raise dbus.exceptions.DBusException('no', name='org.freedesktop.DBus.Error.AccessDenied')");
    }
    /// How many delays and blocks are held.
    [[nodiscard]] std::size_t inhibitors() {
        using Inhibitor =
            sdbus::Struct<std::string, std::string, std::string, std::string, std::uint32_t, std::uint32_t>;
        return bus_.ask<std::vector<Inhibitor>>(service, path, manager, "ListInhibitors").size();
    }
    void kill() { mock_.kill(); }

    static constexpr const char* service = "org.freedesktop.login1";
    static constexpr const char* path = "/org/freedesktop/login1";
    static constexpr const char* manager = "org.freedesktop.login1.Manager";

   private:
    PrivateBus& bus_;
    Mock mock_;
};

}  // namespace doze::testing
