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

/// Where a command works.
enum class Scope : std::uint8_t {
    everywhere,
    connection,  ///< Only where there is a connection that it is about.
    paged,       ///< Only where replies are cut.
    dashboard,   ///< Everywhere, but meant for that page alone: its replies have types of their own.
    silent,      ///< Everywhere; it gets no reply.
    token,       ///< Only first on a connection where there is a token; it lets in.
    page,        ///< Only on a WebSocket; it lets in.
};

/// Whether such a command is for the connection that it comes by alone, and so nobody is told of it elsewhere.
[[nodiscard]] constexpr bool lets_in(Scope reach) {
    return reach == Scope::token || reach == Scope::page;
}

/// Whether a command is about a resource, and how that is named.
enum class ResourceOf : std::uint8_t {
    none,
    one_kind,  ///< By the members or parts that are among its parameters.
    any_kind,  ///< By `service_type`, and resource_params() of that kind.
};

/// One command, in one or both forms. All that doze knows of its commands is in the one table of these.
struct Command {
    std::string text;     ///< Its word in the text form; empty if it has none.
    std::string type;     ///< Its type in the JSON form; empty if it has none.
    std::string summary;  ///< For people, one line.
    Request request;      ///< What it asks for where no parameter is given.
    std::vector<Param> params = {};
    Scope reach = Scope::everywhere;
    ResourceOf resource = ResourceOf::none;
    bool one_of = false;                        ///< Exactly one of the members is wanted.
    std::string_view reply_type = {};           ///< The type of its replies in the JSON form; empty: its own.
    std::string_view error_type = "ERROR";      ///< The type of its errors in the JSON form.
    Result<void> (*check)(Request&) = nullptr;  ///< What the parameters can't tell alone.
    std::string parts = {};                     ///< What follows the word: "instance-id:region?"; made from `params`.
};

/// All of them, those for each kind among them.
[[nodiscard]] std::span<const Command> commands();

}  // namespace doze::commands
