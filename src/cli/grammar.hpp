#pragma once

#include <span>
#include <string>
#include <vector>

#include "core/model/kinds.hpp"

/// The command line as data, for completions and the manual page: made from what parses it, so that they say the same.
namespace doze::cli {

struct OptionHelp {
    std::vector<std::string> names;  ///< "-f", "--follow".
    std::string value;               ///< What it takes, such as "REGION"; empty for a flag.
    std::string what;
    std::vector<std::string> choices = {};  ///< The values that it takes, if it takes only these.
};

struct PositionalHelp {
    std::string name;  ///< "TARGET"
    std::string what;
    std::vector<std::string> choices = {};  ///< As above.
    bool required = false;
    bool many = false;
};

struct CommandHelp {
    std::string name;
    std::string group;  ///< The heading that it stands under.
    std::string what;
    std::string examples;
    std::vector<OptionHelp> options;
    std::vector<PositionalHelp> positionals;
    std::vector<CommandHelp> commands;  ///< Words that must follow.
};

/// A word about the whole of the program, such as "Exit codes", and the lines below it.
struct Chapter {
    std::string title;
    std::string text;
};

struct Grammar {
    CommandHelp program;  ///< Its options go with all commands.
    std::vector<Chapter> chapters;
};

[[nodiscard]] Grammar grammar(std::span<const core::KindInfo> kinds = core::kinds());

}  // namespace doze::cli
