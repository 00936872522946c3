#pragma once

#include <functional>
#include <map>
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

/// All sessions with a desktop of the person that doze runs for, here and over the network; none that is a greeter, or
/// that is over.
class GraphicalSessions {
   public:
    using Told = std::function<void(const std::vector<GraphicalSession>&)>;

    /// `bus` is the system bus. Both must outlive this.
    GraphicalSessions(dbus::Bus& bus, const dbus::BusEnvironment& environment) : bus_(bus), environment_(environment) {}

    /// To be called once after each `connected` of the bus, when logind is there. Tells at each change.
    void follow(Told told);

   private:
    void list();
    void read(const std::string& id, const std::string& path);
    void answered();

    dbus::Bus& bus_;
    const dbus::BusEnvironment& environment_;
    Told told_;
    unsigned round_ = 0;  ///< Of asking; answers to an older one are late.
    std::size_t open_ = 0;
    std::vector<GraphicalSession> found_;
};

}  // namespace doze::activity
