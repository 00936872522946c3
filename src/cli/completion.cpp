// The completion scripts. Bash's does not need the package bash-completion, and splits the line by itself, since bash
// splits words at the colons of a target.
#include "cli/completion.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace doze::cli {

std::string_view targets_of(std::string_view command) {
    return command == "register" ? "unregistered" : "registered";
}

std::string shell_quoted(std::string_view text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return out + "'";
}

std::string names_of(const std::vector<CommandHelp>& commands) {
    std::vector<std::string> names;
    names.reserve(commands.size());
    for (const auto& command : commands) names.push_back(command.name);
    return fmt::format("{}", fmt::join(names, " "));
}

std::string names_of(const std::vector<OptionHelp>& options) {
    std::vector<std::string> names;
    for (const auto& option : options) names.insert(names.end(), option.names.begin(), option.names.end());
    return fmt::format("{}", fmt::join(names, " "));
}

namespace {

/// The branches of a `case` that completes an option's value.
std::string value_cases(const std::string& command, const std::vector<OptionHelp>& options) {
    std::string out;
    for (const auto& option : options) {
        if (option.value.empty()) continue;
        std::vector<std::string> patterns;
        for (const auto& name : option.names) patterns.push_back(command + name);
        std::string action = ":";
        if (!option.choices.empty()) action = fmt::format("words='{}'", fmt::join(option.choices, " "));
        if (option.value == "DIR") action = "folders=1";
        out += fmt::format("        {}) {} ;;\n", fmt::join(patterns, " | "), action);
    }
    return out;
}

std::string words_of(const CommandHelp& command) {
    std::string words = names_of(command.commands);
    for (const auto& positional : command.positionals) {
        if (!positional.choices.empty())
            words += fmt::format("{}{}", words.empty() ? "" : " ", fmt::join(positional.choices, " "));
    }
    return words;
}

bool takes_targets(const CommandHelp& command) {
    for (const auto& positional : command.positionals)
        if (positional.name == "TARGET") return true;
    return false;
}

void add_cases(const CommandHelp& command, const std::string& path, std::string& words, std::string& values) {
    values += value_cases(fmt::format("'{} '", path), command.options);
    std::string action = fmt::format("words='{}' options='{}'", words_of(command), names_of(command.options));
    if (takes_targets(command)) action += fmt::format(" targets={}", targets_of(command.name));
    words += fmt::format("        '{}') {} ;;\n", path, action);
    for (const auto& below : command.commands) add_cases(below, path + " " + below.name, words, values);
}

constexpr const char* script =
    R"bash(# Completion of doze for bash: put `source <(doze completion bash)` into ~/.bashrc.
_doze() {{
    local cur line word previous='' path='' words='' options='' targets='' folders=''
    local -a candidates=()
    line=${{COMP_LINE:0:COMP_POINT}}
    cur=${{line##*[[:space:]]}}
    local typed=()
    read -ra typed <<<"${{line%"$cur"}}"
    for word in "${{typed[@]:1}}"; do
        if [[ $previous == value ]]; then
            previous=''
            continue
        fi
        case $word in
        {valued}) previous=value ;;
        -*) previous='' ;;
        *)
            case "$path $word" in
            {paths}) path+=" $word" ;;
            esac
            ;;
        esac
    done
    path=${{path# }}
    if [[ $previous == value ]]; then
        case "$path ${{typed[-1]}}" in
{values}        esac
    else
        case $path in
{words}        esac
        if [[ $cur == -* ]]; then
            words="$options {global} --help"
        elif [[ $targets ]]; then
            mapfile -t candidates < <("${{COMP_WORDS[0]}}" {target_word} "$targets" 2>/dev/null)
        fi
    fi
    COMPREPLY=()
    if [[ $folders ]]; then
        mapfile -t COMPREPLY < <(compgen -d -- "$cur")
        compopt -o filenames
        return
    fi
    [[ $words ]] && read -ra candidates <<<"$words"
    # What is before the last separator stands on the line already.
    local before=${{cur%"${{cur##*[:@]}}"}}
    [[ $before && $COMP_WORDBREAKS != *"${{before: -1}}"* ]] && before=''
    for word in "${{candidates[@]}}"; do
        [[ $word == "$cur"* ]] && COMPREPLY+=("$(printf %q "${{word#"$before"}}")")
    done
}}
complete -F _doze doze
)bash";

void add_paths(const CommandHelp& command, const std::string& path, std::vector<std::string>& paths) {
    for (const auto& below : command.commands) {
        paths.push_back(fmt::format("'{} {}'", path, below.name));
        add_paths(below, path + " " + below.name, paths);
    }
}

void add_valued(const CommandHelp& command, std::vector<std::string>& valued) {
    for (const auto& option : command.options) {
        if (option.value.empty()) continue;
        for (const auto& name : option.names)
            if (std::find(valued.begin(), valued.end(), name) == valued.end()) valued.push_back(name);
    }
    for (const auto& below : command.commands) add_valued(below, valued);
}

}  // namespace

std::string bash_completion(const Grammar& grammar) {
    const auto& program = grammar.program;
    std::string words = fmt::format("        '') words='{}' ;;\n", names_of(program.commands));
    std::string values;
    for (const auto& command : program.commands) add_cases(command, command.name, words, values);
    values += value_cases("*' '", program.options);
    std::vector<std::string> paths;
    add_paths(program, "", paths);
    std::vector<std::string> valued;
    add_valued(program, valued);
    return fmt::format(script, fmt::arg("valued", fmt::join(valued, " | ")), fmt::arg("paths", fmt::join(paths, " | ")),
                       fmt::arg("values", values), fmt::arg("words", words),
                       fmt::arg("global", names_of(program.options)), fmt::arg("target_word", target_word));
}

namespace {

/// Escapes text for a specification of zsh's _arguments and _describe.
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

/// Adds the function that completes a command's arguments, and those of its subcommands.
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
    program.options.clear();  // They are in _doze_options.
    add_functions(program, "_doze", out);
    // As a file in $fpath it runs as the function itself; otherwise it was read by `source`.
    return out +
           "if [[ $funcstack[1] == _doze ]]; then\n    _doze \"$@\"\nelif (( $+functions[compdef] )); then\n"
           "    compdef _doze doze\nelse\n    print -u2 'doze: run compinit before this script.'\nfi\n";
}

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
