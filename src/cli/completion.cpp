#include "cli/completion.hpp"

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

}  // namespace doze::cli
