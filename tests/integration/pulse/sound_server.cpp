#include "sound_server.hpp"

#include <chrono>
#include <cstdio>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "base/handle.hpp"

namespace doze::testing {

namespace {

using namespace std::chrono_literals;

/// Another process becomes ready, and nothing tells of it.
void until(const std::function<bool()>& condition, const char* what) {
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(what);
        std::this_thread::sleep_for(20ms);
    }
}

}  // namespace

SoundServer::SoundServer(Kind kind) : kind_(kind) {
    start();
}

void SoundServer::start() {
    if (kind_ == Kind::pulseaudio) {
        programs_.emplace_back(
            in_folder({"pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "-L",
                       "module-native-protocol-unix", "-L", "module-null-sink sink_name=speakers", "-L",
                       "module-null-sink sink_name=headphones", "-L", "module-null-source source_name=microphone"}),
            "");
        until([this] { return does({"info"}); }, "pulseaudio does not start");
    } else {
        // wireplumber ends without a session bus.
        programs_.emplace_back(in_folder({"dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + bus()}),
                               "");
        until([this] { return std::filesystem::exists(folder_.path() / "bus"); }, "dbus-daemon does not start");
        programs_.emplace_back(in_folder({"pipewire"}), "");
        until([this] { return std::filesystem::exists(folder_.path() / "pipewire-0"); }, "pipewire does not start");
        programs_.emplace_back(in_folder({"wireplumber"}), "");
        programs_.emplace_back(in_folder({"pipewire-pulse"}), "");
        until([this] { return does({"info"}); }, "pipewire-pulse does not start");
        pactl({"load-module", "module-null-sink", "sink_name=speakers"});
        pactl({"load-module", "module-null-sink", "sink_name=headphones"});
        pactl({"load-module", "module-null-sink", "media.class=Audio/Source/Virtual", "sink_name=microphone"});
    }
    // wireplumber keeps the defaults, and is ready when it takes one.
    until([this] { return does({"set-default-sink", "speakers"}); }, "wireplumber does not start");
    pactl({"set-default-source", "microphone"});
}

void SoundServer::kill() {
    programs_.clear();
    std::filesystem::remove(socket());
    std::filesystem::remove(folder_.path() / "pipewire-0");
    std::filesystem::remove(folder_.path() / "bus");
}

bool SoundServer::does(const std::vector<std::string>& arguments) const {
    std::vector<std::string> command = {"pactl", "-s", address()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return Child(in_folder(command), "").wait() == 0;
}

void SoundServer::pactl(const std::vector<std::string>& arguments) const {
    if (!does(arguments)) throw std::runtime_error("pactl " + arguments.front() + " failed");
}

std::vector<std::vector<std::string>> SoundServer::list(const std::string& what) const {
    const Handle<FILE, pclose> pipe(::popen(("pactl -s " + address() + " list short " + what).c_str(), "re"));
    std::vector<std::vector<std::string>> rows(1, {""});
    for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
        if (c == '\n') {
            rows.push_back({""});
        } else if (c == '\t') {
            rows.back().emplace_back();
        } else {
            rows.back().back().push_back(static_cast<char>(c));
        }
    }
    rows.pop_back();
    return rows;
}

std::vector<std::string> SoundServer::in_folder(std::vector<std::string> command) const {
    const std::string folder = folder_.path().string();
    std::vector<std::string> all = {"env",
                                    "HOME=" + folder,
                                    "XDG_RUNTIME_DIR=" + folder,
                                    "XDG_CONFIG_HOME=" + folder,
                                    "XDG_STATE_HOME=" + folder,
                                    "PULSE_RUNTIME_PATH=" + folder + "/pulse",
                                    "DBUS_SESSION_BUS_ADDRESS=" + bus(),
                                    "DBUS_SYSTEM_BUS_ADDRESS=" + bus()};
    all.insert(all.end(), command.begin(), command.end());
    return all;
}

}  // namespace doze::testing
