#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/table.hpp"
#include "core/model/kinds.hpp"

namespace doze::rest {

/// A command that has a path of its own below /api/v1, besides POST /commands/TYPE, which each one has.
struct CommandRoute {
    std::string_view method;
    std::string path;         ///< "/resources/ec2"
    std::string type;         ///< Of the command. Its content are the query's parameters (GET) or the body.
    std::string_view member;  ///< Of the command's answer, where only that is answered; empty for all.
    std::string_view tag;     ///< Heading in the document.
    std::string summary;      ///< For people, one line.
    std::string schema;       ///< Of the answer, among the document's.
};

/// In the order in which the document shows them.
[[nodiscard]] std::vector<CommandRoute> command_routes();

/// The schema of a list of one kind in the document: "Ec2List", "RdsClusterList".
[[nodiscard]] std::string list_schema(const core::KindInfo& kind);

/// Whether the command is one over HTTP: it needs no connection, and its answers are never cut there.
[[nodiscard]] bool is_offered(const commands::Command& command);

/// "/commands/SNOOZE"
[[nodiscard]] std::string command_path(const commands::Command& command);

}  // namespace doze::rest
