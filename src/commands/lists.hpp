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

/// An array of a list, and the kind that it contains.
struct Section {
    std::string_view array;  ///< Name of the member: "instances".
    core::Kind kind;
};

/// The arrays of a list in object form. LIST_EC2 and its like have one, LIST_ALL_SERVICES one for each kind.
[[nodiscard]] std::span<const Section> sections(const ListScope& scope);

struct InstanceRow {
    const core::Ec2Fleet* fleet;
    std::size_t index;
};
struct ServiceRow {
    const core::EcsCluster* cluster;
    const core::EcsService* service;  ///< Null: a cluster without services.
};
struct NodegroupRow {
    const core::EksCluster* cluster;
    const core::EksNodegroup* nodegroup;  ///< Null: a cluster without node groups.
};
struct ItemRow {
    const core::Item* item;
};
struct RegisteredRow {
    core::ResourceView resource;
};

/// The smallest unit that a page may end after, with its sort key. Points into the state: use at
/// once.
struct Row {
    int section;
    std::string_view region;
    std::string_view group;  ///< The cluster; empty for an instance.
    std::string_view name;   ///< Empty for a cluster without services or node groups.
    std::variant<InstanceRow, ServiceRow, NodegroupRow, ItemRow, RegisteredRow> item;
    std::string_view profile = {};  ///< Of a registration.
};

/// The rows of a list in one region or in all (empty), sorted by section, region, cluster, name.
[[nodiscard]] std::vector<Row> rows(const core::SystemView& view, const ListScope& scope, std::string_view region);

/// Keeps only the rows after a cursor.
void keep_after(std::vector<Row>& rows, const Cursor& cursor);

/// Whether two rows belong to the same cluster in the same array.
[[nodiscard]] bool same_group(const Row& one, const Row& other);

/// Whether the row is part of a cluster's array.
[[nodiscard]] bool is_grouped(const Row& row);

/// doze's relation to a resource.
struct Standing {
    bool managed = false;
    bool asleep = false;          ///< doze put it to sleep.
    bool stopped_by_you = false;  ///< A command stopped it, and it stays stopped.
};

[[nodiscard]] Standing standing(const core::SystemView& view, const core::ResourceId& id);

/// The standing of a cluster: managed or asleep if any member is.
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

/// Selects the items of a reply, without the state that they come from.
struct ListQuery {
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::string region = {};  ///< Empty for all.
    bool is_update = false;
    std::string message = {};
    std::string ignored_region = {};
    Error ignored_why = {};
};

/// Replies with a list; asks AWS first if the known one is older than `max_age`, or than a list may usually be.
void answer_list(Host& host, const ListQuery& query, std::optional<core::Duration> max_age, const Completion& done);

/// Whether a listing of the inventory is part of the list.
[[nodiscard]] bool in_scope(const core::Inventory::Key& cached, const ListScope& scope, std::string_view region);

/// The age of the oldest listing in a list; empty if nothing was listed.
[[nodiscard]] std::optional<core::Duration> age(const core::SystemView& view, core::Now now, const ListScope& scope,
                                                std::string_view region);

}  // namespace doze::commands
