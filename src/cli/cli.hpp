#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace doze::cli {

/// What `doze run` was told. Directories are absolute and need not exist.
struct RunOptions {
    std::filesystem::path config_dir;
    std::filesystem::path state_dir;
    bool dry_run = false;

    /// "debug", "info", "warning" or "error".
    std::string log_level = "info";
};

/// What a command ends with; documented in --help.
enum ExitCode : int {
    success = 0,
    failed = 1,     ///< The command failed; why, and what to do next, is on stderr.
    usage = 2,      ///< The command line was wrong.
    no_daemon = 3,  ///< doze is not running.
};

/// The whole of main() but for the daemon, which `run_daemon` runs; its result is the exit code of `doze run`.
/// Every other command is a client of the daemon. Blocks until done.
int run_command_line(int argc, char** argv, const std::function<int(const RunOptions&)>& run_daemon);

}  // namespace doze::cli
