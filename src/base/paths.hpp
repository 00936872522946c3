#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace doze {

/// Looks an environment variable up; an empty one counts as none.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The process's own environment.
[[nodiscard]] Environment process_environment();

/// The path with "~" or "~NAME" at its beginning replaced by that home folder, as Python's os.path.expanduser() and so
/// the AWS CLI do it; as it is where there is no such folder.
[[nodiscard]] std::string expand_user(std::string_view path, const Environment& environment);

/// Where settings.json and services.yaml are: `option` (--config-dir; empty counts as none), else
/// $DOZE_CONFIG_DIR, else $XDG_CONFIG_HOME/doze, else ~/.config/doze. Absolute; need not exist. Fails
/// (`bad_request`) only where no home folder is known. A relative XDG variable is ignored, as the XDG Base
/// Directory Specification asks.
[[nodiscard]] Result<std::filesystem::path> config_dir(const std::optional<std::filesystem::path>& option,
                                                       const Environment& environment);

/// The same for log, journal, lock and control socket: --state-dir, else $DOZE_STATE_DIR, else
/// $XDG_STATE_HOME/doze, else ~/.local/state/doze.
[[nodiscard]] Result<std::filesystem::path> state_dir(const std::optional<std::filesystem::path>& option,
                                                      const Environment& environment);

/// The socket in the state directory by which the command line talks to the daemon.
[[nodiscard]] std::filesystem::path control_socket(const std::filesystem::path& state_dir);

/// How many files of the log are kept besides the newest.
inline constexpr int old_log_files = 3;

/// The newest file of the log in the state directory. Older ones are aws_monitor.1.log, the newest of them, and so on.
[[nodiscard]] std::filesystem::path log_file(const std::filesystem::path& state_dir, int age = 0);

/// All files that doze keeps in the state directory, there or not: whoever else could change one of them would command
/// doze, or make it write elsewhere.
[[nodiscard]] std::vector<std::filesystem::path> state_files(const std::filesystem::path& state_dir);

/// Creates the folder and what is missing above it, each for its owner only (0700). Fails (`internal`)
/// with the system's reason, and (`unauthorized`) where somebody else could change what is in it (base/ownership.hpp).
[[nodiscard]] Result<void> make_private_dir(const std::filesystem::path& dir);

}  // namespace doze
