#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"

/// Completion scripts for shells. For a TARGET they run `doze targets` (`target_word`), which asks the daemon for the
/// registered resources or, for `doze register`, the unregistered ones. Without a daemon there is nothing to complete.
namespace doze::cli {

/// "doze targets registered|unregistered", hidden from the help, since only the scripts use it.
inline constexpr std::string_view target_word = "targets";

[[nodiscard]] std::string bash_completion(const Grammar& grammar);
[[nodiscard]] std::string zsh_completion(const Grammar& grammar);
[[nodiscard]] std::string fish_completion(const Grammar& grammar);

/// The targets that a command takes: "registered" or "unregistered".
[[nodiscard]] std::string_view targets_of(std::string_view command);

/// Quoted for any of the three shells.
[[nodiscard]] std::string shell_quoted(std::string_view text);

/// The names of the commands or options, separated by spaces.
[[nodiscard]] std::string names_of(const std::vector<CommandHelp>& commands);
[[nodiscard]] std::string names_of(const std::vector<OptionHelp>& options);

}  // namespace doze::cli
