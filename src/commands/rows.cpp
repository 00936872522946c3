#include "commands/rows.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <tuple>
#include <utility>

namespace doze::commands {
namespace {

auto place(const Row& row) {
    return std::tie(row.section, row.region, row.group, row.name);
}

void add(std::vector<Row>& out, int section, std::string_view region, const core::Survey& survey) {
    if (const auto* instances = std::get_if<std::vector<core::Ec2Instance>>(&survey)) {
        for (const auto& instance : *instances) {
            const auto* name = std::get_if<core::Ec2Name>(&instance.seen.id.name);
            if (name) out.push_back({section, region, {}, name->instance.str(), InstanceRow{&instance}});
        }
    } else if (const auto* ecs = std::get_if<std::vector<core::EcsCluster>>(&survey)) {
        for (const auto& cluster : *ecs) {
            if (cluster.services.empty())
                out.push_back({section, region, cluster.name.str(), {}, ServiceRow{&cluster, nullptr}});
            for (const auto& service : cluster.services) {
                const auto* name = std::get_if<core::EcsName>(&service.seen.id.name);
                if (name)
                    out.push_back(
                        {section, region, cluster.name.str(), name->service.str(), ServiceRow{&cluster, &service}});
            }
        }
    } else if (const auto* eks = std::get_if<std::vector<core::EksCluster>>(&survey)) {
        for (const auto& cluster : *eks) {
            if (cluster.nodegroups.empty())
                out.push_back({section, region, cluster.name.str(), {}, NodegroupRow{&cluster, nullptr}});
            for (const auto& nodegroup : cluster.nodegroups) {
                const auto* name = std::get_if<core::EksName>(&nodegroup.seen.id.name);
                if (name)
                    out.push_back({section, region, cluster.name.str(), name->nodegroup.str(),
                                   NodegroupRow{&cluster, &nodegroup}});
            }
        }
    }
}

std::pair<std::string_view, std::string_view> group_and_name(const core::ResourceId& id) {
    if (const auto* ec2 = std::get_if<core::Ec2Name>(&id.name)) return {{}, ec2->instance.str()};
    if (const auto* ecs = std::get_if<core::EcsName>(&id.name)) return {ecs->cluster.str(), ecs->service.str()};
    const auto& eks = std::get<core::EksName>(id.name);
    return {eks.cluster.str(), eks.nodegroup.str()};
}

void add_registered(std::vector<Row>& out, const core::State& state, std::string_view region) {
    for (const auto& [id, tracked] : state.tracked) {
        if (!tracked.registration || (!region.empty() && id.region.str() != region)) continue;
        const auto [group, name] = group_and_name(id);
        out.push_back({static_cast<int>(id.kind()), id.region.str(), group, name, RegisteredRow{&tracked}});
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
};

Standing standing(const core::State& state, const core::ResourceId& id) {
    const auto found = state.tracked.find(id);
    if (found == state.tracked.end()) return {};
    return {found->second.registration.has_value(), found->second.asleep_by_doze()};
}

std::optional<std::string_view> why(const std::optional<core::Guard>& guard) {
    return guard ? std::optional<std::string_view>(guard->why) : std::nullopt;
}

void write_standing(JsonWriter& writer, Standing what, std::optional<std::string_view> guard) {
    writer.member("managed", what.managed);
    writer.member("asleep", what.asleep);
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

std::string iso_time(core::WallTime time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::seconds>(time - day));
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

struct RowWriter {
    JsonWriter& writer;
    const core::State& state;
    const Row& row;
    bool names_only;

    void operator()(const InstanceRow& item) const {
        const auto& instance = *item.instance;
        writer.begin_object();
        writer.member("id", row.name);
        if (!names_only) {
            writer.member("name", instance.name);
            writer.member("type", instance.type);
            writer.member("state", instance.seen.state);
            writer.member("public_ip", instance.public_ip);
            writer.member("private_ip", instance.private_ip);
        }
        writer.member("region", row.region);
        if (!names_only) write_standing(writer, standing(state, instance.seen.id), why(instance.seen.guard));
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

    void operator()(const RegisteredRow& item) const {
        const auto& tracked = *item.tracked;
        auto registration = *tracked.registration;
        if (names_only) registration.description.clear();
        writer.begin_object();
        write_registration(writer, registration);
        writer.member("asleep", tracked.asleep_by_doze());
        writer.member("state", tracked.seen ? std::optional(tracked.seen->state) : std::nullopt);
        writer.member("guard", tracked.seen ? why(tracked.seen->guard) : std::nullopt);
        writer.member("trouble", tracked.trouble ? std::optional(tracked.trouble->text()) : std::nullopt);
        writer.end_object();
    }
};

struct GroupOpener {
    JsonWriter& writer;
    const core::State& state;
    bool names_only;

    void operator()(const InstanceRow&) const {}
    void operator()(const RegisteredRow&) const {}

    void operator()(const ServiceRow& item) const {
        const auto& cluster = *item.cluster;
        writer.begin_object();
        writer.member("name", cluster.name.str());
        if (!names_only) {
            writer.member("status", cluster.status);
            writer.member("running_tasks_count", cluster.running_tasks_count);
            writer.member("pending_tasks_count", cluster.pending_tasks_count);
            writer.member("active_services_count", cluster.active_services_count);
        }
        writer.member("region", cluster.region.str());
        if (!names_only) write_standing(writer, group_standing(state, cluster.services), std::nullopt);
        writer.key("services");
        writer.begin_array();
    }

    void operator()(const NodegroupRow& item) const {
        const auto& cluster = *item.cluster;
        writer.begin_object();
        writer.member("name", cluster.name.str());
        if (!names_only) {
            writer.member("status", cluster.status);
            writer.member("version", cluster.version);
            writer.member("endpoint", cluster.endpoint);
            writer.member("created_at",
                          cluster.created_at ? std::optional(iso_time(*cluster.created_at)) : std::nullopt);
        }
        writer.member("region", cluster.region.str());
        if (!names_only) write_standing(writer, group_standing(state, cluster.nodegroups), std::nullopt);
        writer.key("nodegroups");
        writer.begin_array();
    }
};

}  // namespace

std::span<const Section> sections(ListKind list) {
    using core::Kind;
    static constexpr std::array<Section, 1> ec2{{{"instances", Kind::ec2}}};
    static constexpr std::array<Section, 1> ecs{{{"clusters", Kind::ecs}}};
    static constexpr std::array<Section, 1> eks{{{"clusters", Kind::eks}}};
    static constexpr std::array<Section, 3> all{
        {{"ec2_instances", Kind::ec2}, {"ecs_clusters", Kind::ecs}, {"eks_clusters", Kind::eks}}};
    static constexpr std::array<Section, 3> registered{
        {{"ec2_instances", Kind::ec2}, {"ecs_services", Kind::ecs}, {"eks_nodegroups", Kind::eks}}};
    switch (list) {
        case ListKind::ec2: return ec2;
        case ListKind::ecs: return ecs;
        case ListKind::eks: return eks;
        case ListKind::all: return all;
        case ListKind::registered: return registered;
    }
    return ec2;
}

std::vector<Row> rows(const core::State& state, ListKind list, std::string_view region) {
    std::vector<Row> out;
    if (list == ListKind::registered) {
        add_registered(out, state, region);
    } else {
        const auto wanted = sections(list);
        for (const auto& [key, shelf] : state.inventory.shelves()) {
            const auto section = std::ranges::find(wanted, key.first, &Section::kind);
            if (section == wanted.end() || (!region.empty() && key.second.str() != region)) continue;
            add(out, static_cast<int>(section - wanted.begin()), key.second.str(), shelf.items);
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
    std::erase_if(rows, [&](const Row& row) {
        if (row.section != last.section) return row.section < last.section;
        if (const int order = compare(row.region, last.region); order != 0) return order < 0;
        if (const int order = compare(row.group, last.group); order != 0) return order < 0;
        return compare(row.name, last.name) <= 0;
    });
}

void open_group(JsonWriter& writer, const core::State& state, const Row& row, Detail detail) {
    std::visit(GroupOpener{writer, state, detail.names_only}, row.item);
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
    if (const auto* ec2 = std::get_if<core::Ec2Name>(&registration.id.name)) {
        writer.member("instance_id", ec2->instance.str());
    } else if (const auto* ecs = std::get_if<core::EcsName>(&registration.id.name)) {
        writer.member("cluster_name", ecs->cluster.str());
        writer.member("service_name", ecs->service.str());
    } else if (const auto* eks = std::get_if<core::EksName>(&registration.id.name)) {
        writer.member("cluster_name", eks->cluster.str());
        writer.member("nodegroup_name", eks->nodegroup.str());
    }
    writer.member("region", registration.id.region.str());
    if (registration.id.kind() == core::Kind::eks) writer.member("desired_size", registration.desired_size);
    writer.member("description", registration.description);
    writer.member("force", registration.force);
}

}  // namespace doze::commands
