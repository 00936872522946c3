#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

namespace doze::dbus {

/// The environment variables that locate the message buses, and name the session.
struct BusEnvironment {
    std::string system_address;  ///< DBUS_SYSTEM_BUS_ADDRESS, else the system bus's usual address.
    std::string
        session_address;     ///< DBUS_SESSION_BUS_ADDRESS, else the bus of XDG_RUNTIME_DIR; empty if neither is set.
    std::string session_id;  ///< XDG_SESSION_ID; empty in a user service.
    uid_t user = 0;          ///< Who runs doze.

    [[nodiscard]] static BusEnvironment of_process();
};

/// Whether a D-Bus address such as "unix:path=/run/user/1000/bus" accepts connections. Transports other than Unix
/// sockets count as reachable. Never blocks.
[[nodiscard]] bool is_reachable(std::string_view address);

}  // namespace doze::dbus
