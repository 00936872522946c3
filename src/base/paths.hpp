#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace doze {

/// Looks up an environment variable; none where it is unset.
using Environment = std::function<std::optional<std::string>(const char* name)>;

/// The environment of this process.
[[nodiscard]] std::optional<std::string> environment_of_process(const char* name);

/// Where settings.json and services.yaml live: `option` (of the command line; may be empty), else
/// $DOZE_CONFIG_DIR, else $XDG_CONFIG_HOME/doze, else ~/.config/doze. Nothing is created. Always absolute.
/// Fails only where no home directory is known.
[[nodiscard]] Result<std::filesystem::path> config_dir(const std::string& option,
                                                       const Environment& environment = environment_of_process);

/// Where log, database, lock and socket live: `option`, else $DOZE_STATE_DIR, else $XDG_STATE_HOME/doze,
/// else ~/.local/state/doze. Otherwise as config_dir().
[[nodiscard]] Result<std::filesystem::path> state_dir(const std::string& option,
                                                      const Environment& environment = environment_of_process);

/// The socket in the state directory by which the command line talks to the daemon.
[[nodiscard]] std::filesystem::path control_socket(const std::filesystem::path& state_dir);

}  // namespace doze
