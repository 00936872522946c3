#pragma once

#include <string_view>

#include "base/result.hpp"
#include "commands/request.hpp"
#include "commands/table.hpp"

/// Finding the command that a client means.
namespace doze::commands {

/// Without regard to case; null if there is no such command, or it is one that lets in.
[[nodiscard]] const Command* find_command(Form form, std::string_view word);

/// The same among those alone that let in, and in this way.
[[nodiscard]] const Command* find_command(Form form, std::string_view word, Scope reach);

/// What a client is told that asked for no command: the nearest, or that it is no command at all.
[[nodiscard]] Error unknown_command(Form form, std::string_view word);

/// The command's word or type that is most like `word`; empty if none is like it.
[[nodiscard]] std::string_view nearest_command(Form form, std::string_view word);

}  // namespace doze::commands
