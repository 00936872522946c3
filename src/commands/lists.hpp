#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "commands/cursor.hpp"
#include "commands/handlers.hpp"
#include "core/view.hpp"

namespace doze::commands {

/// What a list is of: its arrays, in order, and the kind that each comes from.
struct Section {
    std::string_view array;  ///< The member's name: "instances".
    core::Kind kind;
};

/// The arrays of a list in an object. LIST_EC2 and its like have one, LIST_ALL_SERVICES one for each kind.
[[nodiscard]] std::span<const Section> sections(const ListScope& scope);

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
    core::ResourceView resource;
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
[[nodiscard]] std::vector<Row> rows(const core::SystemView& view, const ListScope& scope, std::string_view region);

/// Leaves the rows that come after a cursor.
void keep_after(std::vector<Row>& rows, const Cursor& cursor);

/// Whether two rows are of one cluster, and stand in one array.
[[nodiscard]] bool same_group(const Row& one, const Row& other);

/// Whether the row stands in a cluster's array.
[[nodiscard]] bool is_grouped(const Row& row);

/// What doze has to do with a resource.
struct Standing {
    bool managed = false;
    bool asleep = false;          ///< Doze put it to sleep.
    bool stopped_by_you = false;  ///< A command stopped it, and so it stays.
};

[[nodiscard]] Standing standing(const core::SystemView& view, const core::ResourceId& id);

/// Of a cluster, which is managed and asleep where any of its members is.
template <class Members>
[[nodiscard]] Standing group_standing(const core::SystemView& view, const Members& members) {
    Standing all;
    for (const auto& member : members) {
        const auto one = standing(view, member.seen.id);
        all.managed |= one.managed;
        all.asleep |= one.asleep;
    }
    return all;
}

/// Which of the items a reply shows, without the state that they are of.
struct ListQuery {
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::string region = {};  ///< Empty for all.
    bool is_update = false;
    std::string message = {};
    std::string ignored_region = {};
    Error ignored_why = {};
};

/// Answers with a list; asks AWS first where what is known is older than `max_age`, or than a list usually shows.
void answer_list(Host& host, const ListQuery& query, std::optional<core::Duration> max_age, const Completion& done);

/// Whether a listing of the inventory is one that the list shows.
[[nodiscard]] bool in_scope(const core::Inventory::Key& cached, const ListScope& scope, std::string_view region);

/// How long ago the oldest listing of a list was seen; none if none was.
[[nodiscard]] std::optional<core::Duration> age(const core::SystemView& view, core::Now now, const ListScope& scope,
                                                std::string_view region);

}  // namespace doze::commands
