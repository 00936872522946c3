#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "commands/cursor.hpp"
#include "commands/json_writer.hpp"
#include "core/engine.hpp"

namespace doze::commands {

/// What a list is of: its arrays, in order, and the kind that each comes from.
struct Section {
    std::string_view array;  ///< The member's name: "instances".
    core::Kind kind;
};

/// The arrays of a list in an object. LIST_EC2 and its like have one, LIST_ALL_SERVICES one for each kind.
[[nodiscard]] std::span<const Section> sections(ListKind list);

struct InstanceRow {
    const core::Ec2Fleet* fleet;
    std::size_t index;
};
struct ServiceRow {
    const core::EcsCluster* cluster;
    const core::EcsService* service;  ///< Null: a cluster without any.
};
struct NodegroupRow {
    const core::EksCluster* cluster;
    const core::EksNodegroup* nodegroup;  ///< Null: a cluster without any.
};
struct ItemRow {
    const core::Item* item;
};
struct RegisteredRow {
    const core::ResourceRecord* tracked;
};

/// The smallest thing that a page may end after, and its place in the order of the list. Points into the
/// state: use at once.
struct Row {
    int section;
    std::string_view region;
    std::string_view group;  ///< The cluster; empty for an instance.
    std::string_view name;   ///< Empty for a cluster without services or node groups.
    std::variant<InstanceRow, ServiceRow, NodegroupRow, ItemRow, RegisteredRow> item;
    std::string_view profile = {};  ///< Of a registration.
};

/// The rows of a list in one region or all (empty), in order: section, region, cluster, name.
[[nodiscard]] std::vector<Row> rows(const core::State& state, ListKind list, std::string_view region);

/// Leaves the rows that come after a cursor.
void keep_after(std::vector<Row>& rows, const Cursor& cursor);

/// How much of an item is shown.
struct Detail {
    std::size_t longest = no_limit;  ///< Of each string.
    bool names_only = false;         ///< Only the members that tell which item it is.
    bool counts = false;             ///< Of a cluster also the members that the original's dashboard shows.
};

/// Begins a cluster, up to the open array of its services or node groups. Nothing for other rows.
void open_group(JsonWriter& writer, const core::State& state, const Row& row, Detail detail);

/// Writes the row itself. Nothing for a cluster without services or node groups.
void write_row(JsonWriter& writer, const core::State& state, const Row& row, Detail detail);

/// Whether two rows are of one cluster, and stand in one array.
[[nodiscard]] bool same_group(const Row& one, const Row& other);

/// Whether the row stands in a cluster's array.
[[nodiscard]] bool is_grouped(const Row& row);

/// The members that services.yaml has for a registration.
void write_registration(JsonWriter& writer, const core::Registration& registration);

}  // namespace doze::commands
