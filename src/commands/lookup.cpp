#include "commands/lookup.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <string>

#include "base/edit_distance.hpp"
#include "base/text.hpp"
#include "commands/params.hpp"

namespace doze::commands {
namespace {

std::string_view name_of(const Command& command, Form form) {
    return form == Form::text ? command.text : command.type;
}

/// Finds a command of any reach.
const Command* find(Form form, std::string_view word) {
    if (word.empty()) return nullptr;
    for (const auto& command : commands())
        if (name_of(command, form).size() == word.size() && equal_ignoring_case(name_of(command, form), word))
            return &command;
    return nullptr;
}

}  // namespace

const Command* find_command(Form form, std::string_view word) {
    const auto* found = find(form, word);
    return found && !lets_in(found->reach) ? found : nullptr;
}

const Command* find_command(Form form, std::string_view word, Scope reach) {
    const auto* found = find(form, word);
    return found && found->reach == reach ? found : nullptr;
}

Error unknown_command(Form form, std::string_view word) {
    if (!is_clean(word)) return bad_request("The message is neither a command nor JSON.");
    const auto nearest = nearest_command(form, word);
    return {
        .code = ErrorCode::unknown_command,
        .message = fmt::format("There is no command {}.", quoted(word)),
        .next_step = nearest.empty() ? std::string("HELP lists them.") : fmt::format("The nearest is {}.", nearest)};
}

std::string_view nearest_command(Form form, std::string_view word) {
    const EditDistance distance(word);
    std::string_view nearest;
    // A larger distance means that another word was intended.
    auto best = std::min<std::size_t>(distance.size(), 24) / 3 + 2;
    for (const auto& command : commands()) {
        const auto name = name_of(command, form);
        if (name.empty() || lets_in(command.reach)) continue;
        const auto least =
            name.size() > distance.size() ? name.size() - distance.size() : distance.size() - name.size();
        if (least >= best) continue;
        const auto away = distance.to(name);
        if (away >= best) continue;
        best = away;
        nearest = name;
    }
    return nearest;
}

}  // namespace doze::commands
