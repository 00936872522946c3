#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>

namespace doze::cli {

/// Options of `doze run`. Directories are absolute and need not exist.
struct RunOptions {
    std::filesystem::path config_dir;
    std::filesystem::path state_dir;
    bool dry_run = false;

    /// "debug", "info", "warning" or "error".
    std::string log_level = "info";
};

/// Exit codes; documented in --help.
enum ExitCode : int {
    success = 0,
    failed = 1,     ///< The command failed; stderr says why, and what to do next.
    usage = 2,      ///< The command line was wrong.
    no_daemon = 3,  ///< doze is not running.
};

/// Options of `doze auth`.
struct AuthOptions {
    enum class Action { status, set, forget };
    Action action = Action::status;
    std::string profile;  ///< Empty: the one that doze uses.
    bool json = false;
    std::filesystem::path config_dir;
};

/// Options of `doze doctor`.
struct DoctorOptions {
    std::filesystem::path config_dir;
    std::filesystem::path state_dir;
    std::chrono::seconds within = std::chrono::seconds(10);  ///< At least a second.
    bool json = false;
    bool color = false;
};

/// Options of `doze iam-policy`.
struct PolicyOptions {
    std::filesystem::path config_dir;
    std::string profile;   ///< Selects the registrations that use it; empty: those without one.
    bool all = false;      ///< Any resource of any kind.
    bool explain = false;  ///< Explain on stderr what each action is for.
};

/// Options of `doze config`.
struct InspectOptions {
    std::filesystem::path config_dir;
    std::filesystem::path state_dir;
    std::string config_option;  ///< --config-dir as it was given; empty if it was not. The same below.
    std::string state_option;
    bool json = false;
    bool color = false;
};

/// Options of `doze logs`.
struct LogsOptions {
    std::filesystem::path state_dir;
    std::size_t lines = 0;  ///< Number of last lines to show.
    bool follow = false;
    bool json = false;
    bool color = false;
};

/// Options of `doze init`.
struct InitOptions {
    std::filesystem::path config_dir;
    std::filesystem::path state_dir;
    bool color = false;
};

struct Console;

/// The commands that run in this process and need libraries that cli/ may not include. Each returns its exit code.
struct InProcessCommands {
    std::function<int(const RunOptions&)> run;
    std::function<int(const AuthOptions&, const Console&)> auth;
    std::function<int(const DoctorOptions&, const Console&)> doctor;
    std::function<int(const PolicyOptions&, const Console&)> iam_policy;
    std::function<int(const InspectOptions&, const Console&)> check_config;
    std::function<int(const InspectOptions&, const Console&)> show_config;
    std::function<int(const InspectOptions&, const Console&)> show_registered;
    std::function<int(const LogsOptions&, const Console&)> logs;
    std::function<int(const InitOptions&, const Console&)> init;
};

/// All of main() except the commands passed in; every other command is a client of the daemon. Blocks until
/// done.
int run_command_line(int argc, char** argv, const InProcessCommands& in_process);

}  // namespace doze::cli
