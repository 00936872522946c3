#pragma once

#include <cstddef>

#include "commands/lists.hpp"
#include "core/model/resource.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

/// How much of an item is written.
struct Detail {
    std::size_t longest = no_limit;  ///< Of each string.
    bool names_only = false;         ///< Only the members that identify the item.
    bool counts = false;             ///< For a cluster, also the members that the original's dashboard shows.
};

/// Starts a cluster, up to the open array of its services or node groups. Writes nothing for other rows.
void open_group(JsonWriter& writer, const core::SystemView& view, const commands::Row& row, Detail detail);

/// Writes the row itself. Writes nothing for a cluster without members.
void write_row(JsonWriter& writer, const core::SystemView& view, const commands::Row& row, Detail detail);

/// The members of a registration in services.yaml.
void write_registration(JsonWriter& writer, const core::Registration& registration);

}  // namespace doze::protocol
