#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "commands/reply.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

/// Parts that a status leaves out.
struct StatusDepth {
    bool resources = true;
    bool regions = true;
    bool sources = true;
    std::size_t longest = no_limit;  ///< Of each string.
};

/// The first is complete; each following one leaves out more.
[[nodiscard]] std::span<const StatusDepth> status_depths();

/// Writes the members of the status.
void write_status(JsonWriter& writer, const commands::StatusReply& status, const StatusDepth& depth);

/// Writes the value of "presence" or "holds".
void write_status_member(JsonWriter& writer, const commands::StatusReply& status, std::string_view member);

}  // namespace doze::protocol
