#include "desktop.hpp"

#include <array>
#include <fcntl.h>
#include <fstream>
#include <poll.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"

namespace doze::testing {

namespace {

constexpr const char* bus_name = "org.freedesktop.DBus";
constexpr const char* bus_path = "/org/freedesktop/DBus";

/// A bus that starts nothing by itself, and lets everybody do everything.
std::string configuration(const std::string& address) {
    return R"(<busconfig><type>session</type><listen>)" + address + R"(</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>)";
}

}  // namespace

void PrivateBus::start() {
    const auto file = dir_.path() / "bus.conf";
    std::ofstream(file) << configuration(address());
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    daemon_.emplace(std::vector<std::string>{"dbus-daemon", "--nofork", "--nopidfile", "--config-file=" + file.string(),
                                             "--print-address=" + std::to_string(ends[1])},
                    "", ends[1]);
    writing.reset();
    pollfd ready{.fd = reading.get(), .events = POLLIN, .revents = 0};
    char one = 0;
    if (::poll(&ready, 1, 60'000) != 1 || ::read(reading.get(), &one, 1) != 1) {
        throw std::runtime_error("dbus-daemon does not start");
    }
    connection_ = sdbus::createSessionBusConnectionWithAddress(address());
}

void PrivateBus::stop() {
    daemon_.reset();
}

Child PrivateBus::run(const std::vector<std::string>& command) const {
    std::vector<std::string> all = {"env", "DBUS_SESSION_BUS_ADDRESS=" + address(),
                                    "DBUS_SYSTEM_BUS_ADDRESS=" + address(), "XDG_RUNTIME_DIR=" + dir_.path().string()};
    all.insert(all.end(), command.begin(), command.end());
    return Child(all, "");
}

bool PrivateBus::has(const std::string& name) {
    return ask<bool>(bus_name, bus_path, bus_name, "NameHasOwner", name);
}

void PrivateBus::wait_for(const std::string& name, bool is_there) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (has(name) != is_there) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(name + " does not come or go");
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

Mock::Mock(PrivateBus& bus, Child program, std::string service, std::string path)
    : bus_(bus), program_(std::move(program)), service_(std::move(service)), path_(std::move(path)) {
    bus_.wait_for(service_);
}

Mock Mock::from_template(PrivateBus& bus, const std::string& name, const std::string& service,
                         const std::string& path) {
    return {bus, bus.run({"/usr/bin/python3", "-m", "dbusmock", "-t", name}), service, path};
}

Mock Mock::bare(PrivateBus& bus, const std::string& service, const std::string& path, const std::string& interface) {
    return {bus, bus.run({"/usr/bin/python3", "-m", "dbusmock", "--session", service, path, interface}), service, path};
}

}  // namespace doze::testing
