#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/table.hpp"

namespace doze::rest {

/// A command that has a path of its own below /api/v1, besides POST /commands/TYPE, which each one has.
struct CommandRoute {
    std::string_view method;
    std::string_view path;     ///< "/resources/ec2"
    std::string_view type;     ///< Of the command. Its content are the query's parameters (GET) or the body.
    std::string_view member;   ///< Of the command's answer, where only that is answered; empty for all.
    std::string_view tag;      ///< Heading in the document.
    std::string_view summary;  ///< For people, one line.
    std::string_view schema;   ///< Of the answer, among the document's.
};

/// In the order in which the document shows them.
[[nodiscard]] std::span<const CommandRoute> command_routes();

/// Whether the command is one over HTTP: it needs no connection, and its answers are never cut there.
[[nodiscard]] bool is_offered(const commands::Command& command);

/// "/commands/SNOOZE"
[[nodiscard]] std::string command_path(const commands::Command& command);

}  // namespace doze::rest
