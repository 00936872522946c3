// The completion for bash. It needs no bash-completion package, and splits the line by itself: for bash the colons of a
// target part words.
#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/completion.hpp"

namespace doze::cli {
namespace {

/// The branches of the `case` that says what follows an option that takes a value.
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

}  // namespace doze::cli
