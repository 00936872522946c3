#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "commands/table.hpp"
#include "core/model/kinds.hpp"

namespace doze::rest {

/// A command with a path of its own below /api/v1, in addition to POST /commands/TYPE, which every command has.
struct CommandRoute {
    std::string_view method;
    std::string path;         ///< "/resources/ec2"
    std::string type;         ///< Type of the command. Its content is the query's parameters (GET) or the body.
    std::string_view member;  ///< If not empty, only this member of the reply is returned.
    std::string_view tag;     ///< Heading in the document.
    std::string summary;      ///< Description for people, one line.
    std::string schema;       ///< Schema of the response, in the document.
};

/// In the order of the document.
[[nodiscard]] std::vector<CommandRoute> command_routes();

/// The schema name of a kind's list in the document: "Ec2List", "RdsClusterList".
[[nodiscard]] std::string list_schema(const core::KindInfo& kind);

/// Whether the command is available over HTTP: it needs no connection, and does not continue a truncated reply.
[[nodiscard]] bool is_offered(const commands::Command& command);

/// "/commands/SNOOZE"
[[nodiscard]] std::string command_path(const commands::Command& command);

}  // namespace doze::rest
