#pragma once

#include <cstddef>

#include "commands/lists.hpp"
#include "core/model/resource.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

/// How much of an item is shown.
struct Detail {
    std::size_t longest = no_limit;  ///< Of each string.
    bool names_only = false;         ///< Only the members that tell which item it is.
    bool counts = false;             ///< Of a cluster also the members that the original's dashboard shows.
};

/// Begins a cluster, up to the open array of its services or node groups. Nothing for other rows.
void open_group(JsonWriter& writer, const core::SystemView& view, const commands::Row& row, Detail detail);

/// Writes the row itself. Nothing for a cluster without services or node groups.
void write_row(JsonWriter& writer, const core::SystemView& view, const commands::Row& row, Detail detail);

/// The members that services.yaml has for a registration.
void write_registration(JsonWriter& writer, const core::Registration& registration);

}  // namespace doze::protocol
