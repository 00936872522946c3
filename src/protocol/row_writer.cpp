#include "protocol/row_writer.hpp"

#include <utility>
#include <variant>

namespace doze::protocol {
namespace {

using commands::group_standing;
using commands::InstanceRow;
using commands::ItemRow;
using commands::NodegroupRow;
using commands::RegisteredRow;
using commands::Row;
using commands::ServiceRow;
using commands::standing;
using commands::Standing;

std::optional<std::string_view> why(const std::optional<core::Guard>& guard) {
    return guard ? std::optional<std::string_view>(guard->why) : std::nullopt;
}

void write_standing(JsonWriter& writer, Standing what, std::optional<std::string_view> guard) {
    writer.member("managed", what.managed);
    writer.member("asleep", what.asleep);
    if (what.stopped_by_you) writer.member("stopped_by_you", true);
    writer.member("guard", guard);
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
    core::SystemView view;
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
            write_standing(writer, standing(view, id), instance.guard);
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
            write_standing(writer, standing(view, service.seen.id), why(service.seen.guard));
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
            write_standing(writer, standing(view, nodegroup.seen.id), why(nodegroup.seen.guard));
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
        if (!names_only) write_standing(writer, standing(view, item.seen.id), why(item.seen.guard));
        writer.end_object();
    }

    void operator()(const RegisteredRow& item) const {
        const auto& resource = item.resource;
        auto registration = *resource.registration();
        if (names_only) registration.description.clear();
        writer.begin_object();
        write_registration(writer, registration);
        writer.member("asleep", resource.asleep_by_doze());
        if (resource.stopped_by_person()) writer.member("stopped_by_you", true);
        writer.member("state", resource.seen() ? std::optional(resource.seen()->state) : std::nullopt);
        writer.member("guard", resource.seen() ? why(resource.seen()->guard) : std::nullopt);
        if (resource.busy()) writer.member("busy", *resource.busy());
        if (resource.would()) writer.member("would", *resource.would());
        if (const auto* entry = resource.entry(); entry && entry->restarts_at)
            writer.member("restarts_at", core::to_iso(view.here(*entry->restarts_at)));
        const auto trouble = resource.trouble();
        writer.member("trouble", trouble ? std::optional(trouble->text()) : std::nullopt);
        writer.end_object();
    }
};

struct GroupOpener {
    JsonWriter& writer;
    core::SystemView view;
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
        if (!detail.names_only) write_standing(writer, group_standing(view, cluster.services), std::nullopt);
        writer.key(core::info(core::Kind::ecs).grouped);
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
        if (!detail.names_only) write_standing(writer, group_standing(view, cluster.nodegroups), std::nullopt);
        writer.key(core::info(core::Kind::eks).grouped);
        writer.begin_array();
    }
};

}  // namespace

void open_group(JsonWriter& writer, const core::SystemView& view, const Row& row, Detail detail) {
    std::visit(GroupOpener{writer, view, detail}, row.item);
}

void write_row(JsonWriter& writer, const core::SystemView& view, const Row& row, Detail detail) {
    std::visit(RowWriter{writer, view, row, detail.names_only}, row.item);
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

}  // namespace doze::protocol
