#include "commands/rows.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <tuple>
#include <utility>

#include "core/troubles.hpp"

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

void add_registered(std::vector<Row>& out, const core::State& state, std::string_view region) {
    for (const auto& [id, tracked] : state.tracked) {
        if (!tracked.registration || (!region.empty() && id.region.str() != region)) continue;
        out.push_back({static_cast<int>(id.kind), id.region.str(), id.cluster.str(), id.name, RegisteredRow{&tracked},
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

struct Standing {
    bool managed = false;
    bool asleep = false;
    bool stopped_by_you = false;
};

Standing standing(const core::State& state, const core::ResourceId& id) {
    const auto found = state.tracked.find(id);
    if (found == state.tracked.end()) return {};
    // A list of another account may have one of the same name.
    const auto cached = state.inventory.listings().find({id.kind, id.region});
    const auto& its = found->second.owner();
    if (cached != state.inventory.listings().end() && !cached->second.account.str().empty() && !its.str().empty() &&
        cached->second.account != its)
        return {};
    return {found->second.registration.has_value(), found->second.asleep_by_doze(), found->second.stopped_by_person()};
}

std::optional<std::string_view> why(const std::optional<core::Guard>& guard) {
    return guard ? std::optional<std::string_view>(guard->why) : std::nullopt;
}

void write_standing(JsonWriter& writer, Standing what, std::optional<std::string_view> guard) {
    writer.member("managed", what.managed);
    writer.member("asleep", what.asleep);
    if (what.stopped_by_you) writer.member("stopped_by_you", true);
    writer.member("guard", guard);
}

/// A cluster is managed and asleep where any of its members is.
template <class Members>
Standing group_standing(const core::State& state, const Members& members) {
    Standing all;
    for (const auto& member : members) {
        const auto one = standing(state, member.seen.id);
        all.managed |= one.managed;
        all.asleep |= one.asleep;
    }
    return all;
}

void write_detail(JsonWriter& writer, const core::Detail& detail) {
    if (const auto* number = std::get_if<std::int64_t>(&detail.value)) {
        writer.member(detail.name, *number);
    } else if (const auto* text = std::get_if<std::string>(&detail.value)) {
        writer.member(detail.name, *text);
    } else {
        writer.key(detail.name);
        writer.null();
    }
}

struct RowWriter {
    JsonWriter& writer;
    const core::State& state;
    const Row& row;
    bool names_only;

    void operator()(const InstanceRow& item) const {
        const auto instance = item.fleet->view(item.index);
        writer.begin_object();
        writer.member("id", row.name);
        if (!names_only) {
            writer.member("name", instance.name);
            writer.member("type", instance.type);
            writer.member("state", instance.state);
            writer.member("public_ip", instance.public_ip);
            writer.member("private_ip", instance.private_ip);
        }
        writer.member("region", row.region);
        if (!names_only) {
            const auto id = core::ec2(Region(std::string(row.region)), InstanceId(std::string(row.name)));
            write_standing(writer, standing(state, id), instance.guard);
        }
        writer.end_object();
    }

    void operator()(const ServiceRow& item) const {
        if (!item.service) return;
        const auto& service = *item.service;
        writer.begin_object();
        writer.member("name", row.name);
        if (!names_only) {
            writer.member("status", service.status);
            writer.member("desired_count", service.desired_count);
            writer.member("running_count", service.running_count);
            writer.member("pending_count", service.pending_count);
            write_standing(writer, standing(state, service.seen.id), why(service.seen.guard));
        }
        writer.end_object();
    }

    void operator()(const NodegroupRow& item) const {
        if (!item.nodegroup) return;
        const auto& nodegroup = *item.nodegroup;
        writer.begin_object();
        writer.member("name", row.name);
        if (!names_only) {
            writer.member("status", nodegroup.status);
            writer.member("instance_type", nodegroup.instance_type);
            writer.member("desired_size", nodegroup.seen.size.desired);
            writer.member("min_size", nodegroup.seen.size.min);
            writer.member("max_size", nodegroup.seen.size.max);
            write_standing(writer, standing(state, nodegroup.seen.id), why(nodegroup.seen.guard));
        }
        writer.end_object();
    }

    void operator()(const ItemRow& row_item) const {
        const auto& item = *row_item.item;
        writer.begin_object();
        writer.member("name", row.name);
        if (!names_only) {
            writer.member("state", item.seen.state);
            for (const auto& detail : item.seen.details) write_detail(writer, detail);
        }
        writer.member("region", row.region);
        if (!names_only) write_standing(writer, standing(state, item.seen.id), why(item.seen.guard));
        writer.end_object();
    }

    void operator()(const RegisteredRow& item) const {
        const auto& tracked = *item.tracked;
        auto registration = *tracked.registration;
        if (names_only) registration.description.clear();
        writer.begin_object();
        write_registration(writer, registration);
        writer.member("asleep", tracked.asleep_by_doze());
        if (tracked.stopped_by_person()) writer.member("stopped_by_you", true);
        writer.member("state", tracked.seen ? std::optional(tracked.seen->state) : std::nullopt);
        writer.member("guard", tracked.seen ? why(tracked.seen->guard) : std::nullopt);
        if (tracked.busy) writer.member("busy", *tracked.busy);
        if (tracked.only_shown) writer.member("would", *tracked.only_shown);
        if (tracked.entry && tracked.entry->restarts_at)
            writer.member("restarts_at", core::to_iso(*tracked.entry->restarts_at - state.aws_ahead));
        const auto trouble = core::trouble_of(tracked);
        writer.member("trouble", trouble ? std::optional(trouble->text()) : std::nullopt);
        writer.end_object();
    }
};

struct GroupOpener {
    JsonWriter& writer;
    const core::State& state;
    Detail detail;

    void operator()(const InstanceRow&) const {}
    void operator()(const ItemRow&) const {}
    void operator()(const RegisteredRow&) const {}

    void operator()(const ServiceRow& item) const {
        const auto& cluster = *item.cluster;
        writer.begin_object();
        writer.member("name", cluster.name.str());
        if (!detail.names_only) {
            writer.member("status", cluster.status);
            writer.member("running_tasks_count", cluster.running_tasks_count);
            writer.member("pending_tasks_count", cluster.pending_tasks_count);
            writer.member("active_services_count", cluster.active_services_count);
            if (detail.counts) {
                writer.member("serviceCount", cluster.active_services_count);
                writer.member("taskCount", cluster.running_tasks_count);
            }
        }
        writer.member("region", cluster.region.str());
        if (!detail.names_only) write_standing(writer, group_standing(state, cluster.services), std::nullopt);
        writer.key("services");
        writer.begin_array();
    }

    void operator()(const NodegroupRow& item) const {
        const auto& cluster = *item.cluster;
        writer.begin_object();
        writer.member("name", cluster.name.str());
        if (!detail.names_only) {
            writer.member("status", cluster.status);
            writer.member("version", cluster.version);
            writer.member("endpoint", cluster.endpoint);
            writer.member("created_at",
                          cluster.created_at ? std::optional(core::to_iso(*cluster.created_at)) : std::nullopt);
            if (detail.counts) {
                int nodes = 0;
                for (const auto& nodegroup : cluster.nodegroups) nodes += nodegroup.seen.size.desired;
                writer.member("nodeCount", nodes);
            }
        }
        writer.member("region", cluster.region.str());
        if (!detail.names_only) write_standing(writer, group_standing(state, cluster.nodegroups), std::nullopt);
        writer.key("nodegroups");
        writer.begin_array();
    }
};

}  // namespace

std::span<const Section> sections(ListKind list) {
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
    if (list == ListKind::all) return tables.all;
    if (list == ListKind::registered) return tables.registered;
    return std::span(tables.alone).subspan(static_cast<std::size_t>(kind_of(list)), 1);
}

std::vector<Row> rows(const core::State& state, ListKind list, std::string_view region) {
    std::vector<Row> out;
    if (list == ListKind::registered) {
        add_registered(out, state, region);
    } else {
        const auto wanted = sections(list);
        for (const auto& [key, cached] : state.inventory.listings()) {
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

void open_group(JsonWriter& writer, const core::State& state, const Row& row, Detail detail) {
    std::visit(GroupOpener{writer, state, detail}, row.item);
}

void write_row(JsonWriter& writer, const core::State& state, const Row& row, Detail detail) {
    std::visit(RowWriter{writer, state, row, detail.names_only}, row.item);
}

bool is_grouped(const Row& row) {
    return std::holds_alternative<ServiceRow>(row.item) || std::holds_alternative<NodegroupRow>(row.item);
}

bool same_group(const Row& one, const Row& other) {
    return one.section == other.section && one.region == other.region && one.group == other.group;
}

void write_registration(JsonWriter& writer, const core::Registration& registration) {
    const auto& id = registration.id;
    const auto& kind = core::info(id.kind);
    if (kind.in_cluster) writer.member("cluster_name", id.cluster.str());
    writer.member(kind.name_key, id.name);
    writer.member("region", id.region.str());
    if (!id.profile.str().empty()) writer.member("profile", id.profile.str());
    if (kind.sized) writer.member("desired_size", registration.desired_size);
    writer.member("description", registration.description);
    writer.member("force", registration.force);
    if (registration.hibernate) writer.member("hibernate", true);
    if (registration.busy_cpu_percent) writer.member("busy_cpu_percent", registration.busy_cpu_percent);
}

}  // namespace doze::commands
