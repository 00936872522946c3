#pragma once

#include <string_view>

#include "base/result.hpp"
#include "commands/request.hpp"
#include "commands/table.hpp"

/// Finds commands by name.
namespace doze::commands {

/// Ignores case; null if there is no such command, or it is a command of the handshake.
[[nodiscard]] const Command* find_command(Form form, std::string_view word);

/// The same, only among handshake commands of this reach.
[[nodiscard]] const Command* find_command(Form form, std::string_view word, Scope reach);

/// The error for an unknown command: names the nearest one, or says that the text is no command at all.
[[nodiscard]] Error unknown_command(Form form, std::string_view word);

/// The word or type of the command nearest to `word`; empty if none is near.
[[nodiscard]] std::string_view nearest_command(Form form, std::string_view word);

}  // namespace doze::commands
