#include "commands/rows.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace doze::commands {
namespace {

auto place(const Row& row) {
    return std::tie(row.section, row.region, row.group, row.name, row.profile);
}

void add(std::vector<Row>& out, int section, std::string_view region, const core::CachedItems& stock) {
    if (const auto* fleet = std::get_if<core::Ec2Fleet>(&stock)) {
        out.reserve(out.size() + fleet->size());
        for (std::size_t i = 0; i < fleet->size(); ++i)
            out.push_back({section, region, {}, fleet->id(i), InstanceRow{fleet, i}});
    } else if (const auto* ecs = std::get_if<std::vector<core::EcsCluster>>(&stock)) {
        for (const auto& cluster : *ecs) {
            if (cluster.services.empty())
                out.push_back({section, region, cluster.name.str(), {}, ServiceRow{&cluster, nullptr}});
            for (const auto& service : cluster.services)
                out.push_back(
                    {section, region, cluster.name.str(), service.seen.id.name, ServiceRow{&cluster, &service}});
        }
    } else if (const auto* eks = std::get_if<std::vector<core::EksCluster>>(&stock)) {
        for (const auto& cluster : *eks) {
            if (cluster.nodegroups.empty())
                out.push_back({section, region, cluster.name.str(), {}, NodegroupRow{&cluster, nullptr}});
            for (const auto& nodegroup : cluster.nodegroups)
                out.push_back(
                    {section, region, cluster.name.str(), nodegroup.seen.id.name, NodegroupRow{&cluster, &nodegroup}});
        }
    } else if (const auto* items = std::get_if<std::vector<core::Item>>(&stock)) {
        for (const auto& item : *items) out.push_back({section, region, {}, item.seen.id.name, ItemRow{&item}});
    }
}

void add_registered(std::vector<Row>& out, const core::SystemView& view, std::string_view region) {
    for (const auto& resource : view.resources()) {
        const auto& id = resource.id();
        if (!resource.registration() || (!region.empty() && id.region.str() != region)) continue;
        out.push_back({static_cast<int>(id.kind), id.region.str(), id.cluster.str(), id.name, RegisteredRow{resource},
                       id.profile.str()});
    }
}

/// -1, 0 or 1: `whole` is before, at or after the part. A cut part whose whole is not known any more
/// counts as its prefix: rather an item twice than one lost.
int compare(std::string_view whole, const CursorPart& part) {
    if (part.matches(whole)) return 0;
    if (part.hash && whole.starts_with(part.text)) return 1;
    return whole < part.text ? -1 : 1;
}

/// Replaces a cut part by the whole text, if any row still has it.
template <class Get>
void complete(CursorPart& part, const std::vector<Row>& rows, Get get) {
    if (!part.hash) return;
    const auto found = std::ranges::find_if(rows, [&](const Row& row) { return part.matches(get(row)); });
    if (found != rows.end()) part = {std::string(get(*found)), std::nullopt};
}

}  // namespace

std::span<const Section> sections(const ListScope& scope) {
    struct Tables {
        std::vector<Section> all;
        std::vector<Section> registered;
        std::vector<Section> alone;
    };
    static const Tables tables = [] {
        Tables made;
        for (const auto& kind : core::kinds()) {
            made.all.push_back({kind.inventory, kind.kind});
            made.registered.push_back({kind.registry, kind.kind});
            made.alone.push_back({kind.array, kind.kind});
        }
        return made;
    }();
    if (scope.registered) return tables.registered;
    if (!scope.kind) return tables.all;
    return std::span(tables.alone).subspan(static_cast<std::size_t>(*scope.kind), 1);
}

std::vector<Row> rows(const core::SystemView& view, const ListScope& scope, std::string_view region) {
    std::vector<Row> out;
    if (scope.registered) {
        add_registered(out, view, region);
    } else {
        const auto wanted = sections(scope);
        for (const auto& [key, cached] : view.inventory().listings()) {
            const auto section = std::ranges::find(wanted, key.first, &Section::kind);
            if (section == wanted.end() || (!region.empty() && key.second.str() != region)) continue;
            add(out, static_cast<int>(section - wanted.begin()), key.second.str(), cached.items);
        }
    }
    const auto before = [](const Row& one, const Row& other) { return place(one) < place(other); };
    if (!std::ranges::is_sorted(out, before)) std::ranges::stable_sort(out, before);
    return out;
}

void keep_after(std::vector<Row>& rows, const Cursor& cursor) {
    auto last = cursor;
    complete(last.region, rows, [](const Row& row) { return row.region; });
    complete(last.group, rows, [](const Row& row) { return row.group; });
    complete(last.name, rows, [](const Row& row) { return row.name; });
    complete(last.profile, rows, [](const Row& row) { return row.profile; });
    std::erase_if(rows, [&](const Row& row) {
        if (row.section != last.section) return row.section < last.section;
        if (const int order = compare(row.region, last.region); order != 0) return order < 0;
        if (const int order = compare(row.group, last.group); order != 0) return order < 0;
        if (const int order = compare(row.name, last.name); order != 0) return order < 0;
        return compare(row.profile, last.profile) <= 0;
    });
}

bool is_grouped(const Row& row) {
    return std::holds_alternative<ServiceRow>(row.item) || std::holds_alternative<NodegroupRow>(row.item);
}

bool same_group(const Row& one, const Row& other) {
    return one.section == other.section && one.region == other.region && one.group == other.group;
}

Standing standing(const core::SystemView& view, const core::ResourceId& id) {
    const auto found = view.find(id);
    if (!found) return {};
    // A list of another account may have one of the same name.
    const auto cached = view.inventory().listings().find({id.kind, id.region});
    const auto& its = found->owner();
    if (cached != view.inventory().listings().end() && !cached->second.account.str().empty() && !its.str().empty() &&
        cached->second.account != its)
        return {};
    return {found->registration() != nullptr, found->asleep_by_doze(), found->stopped_by_person()};
}

}  // namespace doze::commands
