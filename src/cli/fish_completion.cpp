// The completion for fish.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"

namespace doze::cli {
namespace {

std::string option_lines(const std::vector<OptionHelp>& options, const std::string& condition) {
    std::string out;
    for (const auto& option : options) {
        std::string names;
        for (const auto& name : option.names)
            names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
        std::string value;
        if (option.value == "DIR")
            value = " -xa '(__fish_complete_directories)'";
        else if (!option.value.empty())
            value = option.choices.empty() ? std::string(" -x")
                                           : " -xa " + shell_quoted(fmt::format("{}", fmt::join(option.choices, " ")));
        out += fmt::format("complete -c doze{}{}{} -d {}\n", condition, names, value, shell_quoted(option.what));
    }
    return out;
}

std::string command_lines(const CommandHelp& command, const std::string& above) {
    const auto here =
        fmt::format("{}__fish_seen_subcommand_from {}", above.empty() ? "" : above + "; and ", command.name);
    const auto condition = fmt::format(" -n {}", shell_quoted(here));
    std::string out = option_lines(command.options, condition);
    for (const auto& positional : command.positionals) {
        if (!positional.choices.empty())
            out += fmt::format("complete -c doze{} -a {}\n", condition,
                               shell_quoted(fmt::format("{}", fmt::join(positional.choices, " "))));
        if (positional.name == "TARGET")
            out += fmt::format("complete -c doze{} -a '(doze {} {} 2>/dev/null)'\n", condition, target_word,
                               targets_of(command.name));
    }
    const auto none_yet = fmt::format("{}; and not __fish_seen_subcommand_from {}", here, names_of(command.commands));
    for (const auto& below : command.commands) {
        out += fmt::format("complete -c doze -n {} -a {} -d {}\n", shell_quoted(none_yet), below.name,
                           shell_quoted(below.what));
        out += command_lines(below, here);
    }
    return out;
}

}  // namespace

std::string fish_completion(const Grammar& grammar) {
    std::string out =
        "# Completion of doze for fish: `doze completion fish > ~/.config/fish/completions/doze.fish`.\n"
        "complete -c doze -f\n";
    out += option_lines(grammar.program.options, "");
    out += "complete -c doze -l help -d 'Print help'\n";
    for (const auto& command : grammar.program.commands)
        out += fmt::format("complete -c doze -n __fish_use_subcommand -a {} -d {}\n", command.name,
                           shell_quoted(command.what));
    for (const auto& command : grammar.program.commands) out += command_lines(command, "");
    return out;
}

}  // namespace doze::cli
