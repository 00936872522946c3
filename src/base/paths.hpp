#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace doze {

/// Looks up an environment variable; an empty one counts as not set.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The process's own environment.
[[nodiscard]] Environment process_environment();

/// Replaces a leading "~" or "~NAME" by that home folder, as Python's os.path.expanduser() and so the AWS CLI do.
/// Unchanged if there is no such folder.
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

/// The Unix socket in the state directory through which the command line talks to the daemon.
[[nodiscard]] std::filesystem::path control_socket(const std::filesystem::path& state_dir);

/// Number of rotated log files kept besides the current one.
inline constexpr int old_log_files = 3;

/// The log in the state directory: the current file, or for `age` from 1 a rotated one, aws_monitor.1.log the newest.
[[nodiscard]] std::filesystem::path log_file(const std::filesystem::path& state_dir, int age = 0);

/// All files that doze may keep in the state directory, whether they exist or not. Anybody else who could change one of
/// them could command doze or redirect its writes.
[[nodiscard]] std::vector<std::filesystem::path> state_files(const std::filesystem::path& state_dir);

/// Creates the folder and its missing parents, each for its owner only (0700). Fails with `internal` and the system's
/// reason, or with `unauthorized` if somebody else could change its content (base/ownership.hpp).
[[nodiscard]] Result<void> make_private_dir(const std::filesystem::path& dir);

}  // namespace doze
