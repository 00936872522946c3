// The completion for zsh.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"

namespace doze::cli {
namespace {

/// For within a specification of _arguments and _describe.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == ':' || c == '[' || c == ']' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string action_of(std::string_view value, const std::vector<std::string>& choices, std::string_view command) {
    if (!choices.empty()) return fmt::format("({})", fmt::join(choices, " "));
    if (value == "DIR") return "_directories";
    if (value == "TARGET") return fmt::format("_doze_targets {}", targets_of(command));
    return " ";
}

std::vector<std::string> specs_of(const std::vector<OptionHelp>& options) {
    std::vector<std::string> specs;
    for (const auto& option : options) {
        for (const auto& name : option.names) {
            const auto value = option.value.empty() ? std::string()
                                                    : fmt::format(":{}:{}", escaped(option.value),
                                                                  action_of(option.value, option.choices, ""));
            specs.push_back(shell_quoted(fmt::format("{}[{}]{}", name, escaped(option.what), value)));
        }
    }
    return specs;
}

std::vector<std::string> specs_of(const CommandHelp& command) {
    auto specs = specs_of(command.options);
    for (const auto& positional : command.positionals) {
        specs.push_back(shell_quoted(fmt::format("{}:{}:{}", positional.many ? "*" : "", escaped(positional.name),
                                                 action_of(positional.name, positional.choices, command.name))));
    }
    return specs;
}

std::string descriptions_of(const std::vector<CommandHelp>& commands) {
    std::vector<std::string> lines;
    lines.reserve(commands.size());
    for (const auto& command : commands) lines.push_back(shell_quoted(command.name + ":" + escaped(command.what)));
    return fmt::format("{}", fmt::join(lines, " "));
}

/// A function that completes what follows a command, and those for the words below it.
void add_functions(const CommandHelp& command, const std::string& name, std::string& out) {
    for (const auto& below : command.commands) add_functions(below, name + "_" + below.name, out);
    auto specs = specs_of(command);
    if (command.commands.empty()) {
        out += fmt::format("{}() {{\n    _arguments $_doze_options \\\n        {}\n}}\n\n", name,
                           specs.empty() ? "''" : fmt::format("{}", fmt::join(specs, " \\\n        ")));
        return;
    }
    specs.insert(specs.begin(), "'1: :->word' '*:: :->rest'");
    std::string cases;
    for (const auto& below : command.commands)
        cases += fmt::format("            {}) {}_{} ;;\n", below.name, name, below.name);
    out += fmt::format(
        "{}() {{\n    local state line\n    local -a words_here=({})\n    _arguments -C $_doze_options \\\n        {}\n"
        "    case $state in\n        word) _describe command words_here ;;\n        rest)\n            case $line[1] "
        "in\n"
        "{}            esac\n            ;;\n    esac\n}}\n\n",
        name, descriptions_of(command.commands), fmt::join(specs, " \\\n        "), cases);
}

}  // namespace

std::string zsh_completion(const Grammar& grammar) {
    std::string out =
        "#compdef doze\n# Completion of doze for zsh: `source <(doze completion zsh)` after compinit, or as a file "
        "_doze "
        "in a folder of $fpath.\n\n";
    out += fmt::format("typeset -ga _doze_options=(\n    {}\n    '--help[Print help]'\n)\n\n",
                       fmt::join(specs_of(grammar.program.options), "\n    "));
    out += fmt::format(
        "_doze_targets() {{\n    local -a targets=(${{(f)\"$($service {} $1 2>/dev/null)\"}})\n    compadd -a targets\n"
        "}}\n\n",
        target_word);
    CommandHelp program = grammar.program;
    program.options.clear();  // They are _doze_options.
    add_functions(program, "_doze", out);
    // As a file of $fpath it is run as the function itself; else it was read by `source`.
    return out +
           "if [[ $funcstack[1] == _doze ]]; then\n    _doze \"$@\"\nelif (( $+functions[compdef] )); then\n"
           "    compdef _doze doze\nelse\n    print -u2 'doze: run compinit before this script.'\nfi\n";
}

}  // namespace doze::cli
