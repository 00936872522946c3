#include "protocol/rest/command_routes.hpp"

#include <fmt/format.h>

namespace doze::rest {
namespace {

// clang-format off
const CommandRoute before_kinds[] = {
    {"GET", "/status", "STATUS", "", "You and doze", "Presence, sources, holds, resources", "Status"},
    {"GET", "/presence", "STATUS", "presence", "You and doze", "Whether the person is there", "Presence"},
    {"GET", "/holds", "STATUS", "holds", "You and doze", "What keeps resources awake for now", "Holds"},
    {"GET", "/history", "HISTORY", "", "You and doze", "What doze did and why, newest first", "History"},
    {"POST", "/snooze", "SNOOZE", "", "You and doze", "Nothing is put to sleep for so long", "Snoozed"},
    {"DELETE", "/snooze", "RESUME", "", "You and doze", "Ends the snooze", "Done"},
    {"GET", "/resources", "LIST_ALL_SERVICES", "", "Resources", "Everything in the configured regions", "Resources"},
};
const CommandRoute after_kinds[] = {
    {"GET", "/registrations", "LIST_REGISTERED_SERVICES", "", "Resources", "What doze may put to sleep", "Registrations"},
    {"POST", "/registrations", "REGISTER_SERVICE", "", "Resources", "Lets doze put a resource to sleep", "Registered"},
    {"GET", "/commands", "HELP", "", "Commands", "The commands", "Commands"},
};
// clang-format on

}  // namespace

std::vector<CommandRoute> command_routes() {
    std::vector<CommandRoute> all(std::begin(before_kinds), std::end(before_kinds));
    for (const auto& kind : core::kinds())
        all.push_back({.method = "GET",
                       .path = fmt::format("/resources/{}", kind.word),
                       .type = fmt::format("AWS_{}_LIST", kind.command),
                       .member = {},
                       .tag = "Resources",
                       .summary = std::string(kind.shown),
                       .schema = list_schema(kind)});
    all.insert(all.end(), std::begin(after_kinds), std::end(after_kinds));
    return all;
}

std::string list_schema(const core::KindInfo& kind) {
    std::string name;
    bool begins = true;
    for (const char c : kind.word) {
        if (c != '-') name += begins && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
        begins = c == '-';
    }
    return name + "List";
}

bool is_offered(const commands::Command& command) {
    return !command.type.empty() &&
           (command.reach == commands::Scope::everywhere || command.reach == commands::Scope::silent);
}

std::string command_path(const commands::Command& command) {
    return fmt::format("/commands/{}", command.type);
}

}  // namespace doze::rest
