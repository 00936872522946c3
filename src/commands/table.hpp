#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "commands/params.hpp"
#include "commands/request.hpp"
#include "core/model/kinds.hpp"

namespace doze::commands {

/// Where a command is available.
enum class Scope : std::uint8_t {
    everywhere,
    connection,  ///< Only over a connection, which it is about.
    paged,       ///< Only where replies are truncated.
    dashboard,   ///< Everywhere, but meant for the original's dashboard: its replies have types of their own.
    silent,      ///< Everywhere; it has no reply.
    token,       ///< Only as first message of a connection, if a token is set; part of the handshake.
    page,        ///< Only over a WebSocket; part of the handshake.
};

/// Whether such a command is part of the handshake of a connection, and so not shown to clients elsewhere.
[[nodiscard]] constexpr bool lets_in(Scope reach) {
    return reach == Scope::token || reach == Scope::page;
}

/// Whether a command is about a resource, and how the request names it.
enum class ResourceOf : std::uint8_t {
    none,
    one_kind,  ///< By members or parts among its parameters.
    any_kind,  ///< By `service_type`, and resource_params() of that kind.
};

/// A command, in one or both forms. The table of these is all that doze knows of its commands.
struct Command {
    std::string text;     ///< Its word in the text form; empty if it has none.
    std::string type;     ///< Its type in the JSON form; empty if it has none.
    std::string summary;  ///< Description for people, one line.
    Request request;      ///< The request when no parameter is given.
    std::vector<Param> params = {};
    Scope reach = Scope::everywhere;
    ResourceOf resource = ResourceOf::none;
    bool one_of = false;                        ///< Exactly one of the members is required.
    std::string_view reply_type = {};           ///< Type of its replies in the JSON form; empty: its own type.
    std::string_view error_type = "ERROR";      ///< Type of its errors in the JSON form.
    Result<void> (*check)(Request&) = nullptr;  ///< Checks that single parameters can't do.
    std::string parts = {};                     ///< Syntax after the word: "instance-id:region?"; made from `params`.
};

/// All commands, including those of each kind.
[[nodiscard]] std::span<const Command> commands();

}  // namespace doze::commands
