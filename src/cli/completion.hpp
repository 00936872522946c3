#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/command_line.hpp"

/// Scripts by which shells complete the command line. For a TARGET they ask the daemon, by the word of `target_word`,
/// what is registered or, for `doze register`, what is not; where no daemon runs there is nothing to complete.
namespace doze::cli {

/// "doze targets registered|unregistered": not in the help, since it is for the scripts.
inline constexpr std::string_view target_word = "targets";

[[nodiscard]] std::string bash_completion(const Grammar& grammar);
[[nodiscard]] std::string zsh_completion(const Grammar& grammar);
[[nodiscard]] std::string fish_completion(const Grammar& grammar);

/// Which targets go with a command: "registered" or "unregistered".
[[nodiscard]] std::string_view targets_of(std::string_view command);

/// 'text' for any of the three shells.
[[nodiscard]] std::string shell_quoted(std::string_view text);

/// The names of the choices' words or commands, with blanks between.
[[nodiscard]] std::string names_of(const std::vector<CommandHelp>& commands);
[[nodiscard]] std::string names_of(const std::vector<OptionHelp>& options);

}  // namespace doze::cli
