#pragma once

#include <span>
#include <string_view>

#include "commands/call.hpp"
#include "commands/message.hpp"
#include "commands/params.hpp"
#include "commands/parts.hpp"

namespace doze::commands {

/// One command, in one or both forms. All that doze knows of its commands is in the one table of these.
struct Command {
    std::string_view text;     ///< Its word in the text form; empty if it has none.
    std::string_view type;     ///< Its type in the JSON form; empty if it has none.
    std::string_view parts;    ///< What follows the word: "instance-id:region". A '?' marks what may be left out.
    std::string_view summary;  ///< For people, one line.

    /// Called with as many parts as `parts` allows. Null where there is no such form.
    void (*on_text)(Call call, Parts parts);
    void (*on_json)(Call call, const Message& message);

    Content content = {};  ///< What the JSON form takes.
    Scope reach = Scope::everywhere;
};

[[nodiscard]] std::span<const Command> commands();

/// Without regard to case; null if there is no such command.
[[nodiscard]] const Command* find_command(Form form, std::string_view word);

/// What a client is told that asked for no command: the nearest, or that it is no command at all.
[[nodiscard]] Error unknown_command(Form form, std::string_view word);

/// The command's word or type that is most like `word`; empty if none is like it.
[[nodiscard]] std::string_view nearest_command(Form form, std::string_view word);

}  // namespace doze::commands
