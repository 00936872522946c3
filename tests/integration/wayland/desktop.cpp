#include "desktop.hpp"

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <unistd.h>

#include "adapters/activity/wayland/wayland_connection.hpp"

namespace doze::testing {

namespace fs = std::filesystem;

namespace {

/// The command in an environment of its own. sway refuses to be root, KWin to tell its clients much if it
/// may not see what programs they are, so that sway is an ordinary user and KWin whoever runs the test.
std::vector<std::string> in_environment(const fs::path& runtime_dir, const std::vector<std::string>& variables,
                                        const std::vector<std::string>& command) {
    std::vector<std::string> whole;
    if (::geteuid() == 0 && command.front() == "sway") {
        const std::string user = std::to_string(ordinary_user);
        whole = {"setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--pdeathsig=KILL"};
    }
    const char* const path = std::getenv("PATH");
    whole.insert(whole.end(), {"env", "-i", std::string("PATH=") + (path == nullptr ? "/usr/bin:/bin" : path),
                               "HOME=" + runtime_dir.string(), "XDG_RUNTIME_DIR=" + runtime_dir.string()});
    whole.insert(whole.end(), variables.begin(), variables.end());
    whole.insert(whole.end(), command.begin(), command.end());
    return whole;
}

}  // namespace

bool answers(const fs::path& socket) {
    return activity::wayland::connect_to_first({socket}, "").has_value();
}

Desktop::Desktop() {
    if (::geteuid() == 0 && ::chown(folder_.path().c_str(), ordinary_user, ordinary_user) != 0) {
        throw std::runtime_error("the folder can't be given to an ordinary user");
    }
}

void Desktop::start(const std::vector<std::string>& command, const std::vector<std::string>& variables) {
    std::error_code ignored;
    fs::remove(socket_, ignored);
    fs::remove(sway_socket_, ignored);
    compositor_.emplace(in_environment(runtime_dir(), variables, command), "");
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!answers(socket_) || (!sway_socket_.empty() && !answers(sway_socket_))) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error(command.front() + " does not start");
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

void Desktop::start_sway() {
    const fs::path config = runtime_dir() / "sway.config";
    std::ofstream(config) << "xwayland disable\n";
    socket_ = runtime_dir() / "wayland-1";
    sway_socket_ = runtime_dir() / "sway.sock";
    start({"sway", "-c", config.string()}, {"SWAYSOCK=" + sway_socket_.string(), "WLR_BACKENDS=headless",
                                            "WLR_LIBINPUT_NO_DEVICES=1", "WLR_RENDERER=pixman"});
}

void Desktop::start_kwin(const std::string& name) {
    // The installed one has a capability, which needs more rights than a test has. A copy has none.
    const fs::path program = runtime_dir() / "kwin_wayland";
    fs::copy_file("/usr/bin/kwin_wayland", program, fs::copy_options::skip_existing);
    socket_ = runtime_dir() / name;
    sway_socket_.clear();
    start({program.string(), "--virtual", "--socket", name, "--no-lockscreen", "--width", "640", "--height", "480"},
          {"KWIN_WAYLAND_NO_PERMISSION_CHECKS=1", "LIBGL_ALWAYS_SOFTWARE=1"});
}

void Desktop::run(const std::vector<std::string>& command) const {
    const std::vector<std::string> variables = {"WAYLAND_DISPLAY=" + socket_.filename().string(),
                                                "SWAYSOCK=" + sway_socket_.string()};
    if (Child(in_environment(runtime_dir(), variables, command), "").wait() != 0) {
        throw std::runtime_error(command.front() + " failed");
    }
}

}  // namespace doze::testing
