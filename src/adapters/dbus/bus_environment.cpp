#include "adapters/dbus/bus_environment.hpp"

#include <algorithm>
#include <boost/algorithm/hex.hpp>
#include <boost/algorithm/string/classification.hpp>
#include <boost/algorithm/string/split.hpp>
#include <cstddef>
#include <cstring>
#include <optional>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include "base/handle.hpp"
#include "base/paths.hpp"

namespace doze::dbus {

namespace {

/// Decodes %XX (D-Bus specification, "Server Addresses"); empty if malformed.
std::optional<std::string> unescape(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            plain.push_back(text[i]);
            continue;
        }
        const std::string_view digits = text.substr(i + 1, 2);
        if (digits.size() != 2 || !std::ranges::all_of(digits, boost::is_xdigit())) return std::nullopt;
        boost::algorithm::unhex(digits.begin(), digits.end(), std::back_inserter(plain));
        i += 2;
    }
    return plain;
}

/// Whether the Unix socket `name`, in the kernel's form, accepts connections; abstract names start with a zero byte.
bool accepts(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= sizeof(address.sun_path)) return false;
    std::memcpy(address.sun_path, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size() + (name[0] == '\0' ? 0 : 1));
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

bool is_one_reachable(const std::string& address) {
    if (!address.starts_with("unix:")) return !address.empty();
    std::vector<std::string> pairs;
    boost::split(pairs, address.substr(5), boost::is_any_of(","));
    for (const std::string& pair : pairs) {
        const bool abstract = pair.starts_with("abstract=");
        if (!abstract && !pair.starts_with("path=")) continue;
        const auto name = unescape(std::string_view(pair).substr(pair.find('=') + 1));
        if (name && !name->empty()) return accepts(abstract ? std::string(1, '\0') + *name : *name);
    }
    return false;
}

}  // namespace

BusEnvironment BusEnvironment::of_process() {
    const auto environment = process_environment();
    const auto variable = [&](const char* name) { return environment(name).value_or(""); };
    BusEnvironment found{.system_address = variable("DBUS_SYSTEM_BUS_ADDRESS"),
                         .session_address = variable("DBUS_SESSION_BUS_ADDRESS"),
                         .session_id = variable("XDG_SESSION_ID"),
                         .user = ::getuid()};
    if (found.system_address.empty()) found.system_address = "unix:path=/run/dbus/system_bus_socket";
    const std::string runtime = variable("XDG_RUNTIME_DIR");
    if (found.session_address.empty() && !runtime.empty()) found.session_address = "unix:path=" + runtime + "/bus";
    return found;
}

bool is_reachable(std::string_view address) {
    std::vector<std::string> alternatives;
    boost::split(alternatives, address, boost::is_any_of(";"));
    return std::ranges::any_of(alternatives, is_one_reachable);
}

}  // namespace doze::dbus
