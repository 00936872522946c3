// Lists for people.
#include <fmt/format.h>

#include "cli/members.hpp"
#include "cli/table.hpp"
#include "cli/views.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

Cell state_cell(std::string state) {
    const auto color = color_of_state(state);
    return {std::move(state), color};
}

Cell number_cell(const json::object& item, std::string_view name) {
    return {text_at(item, name), Color::none, true};
}

/// What doze has to do with the item.
Cell standing(const json::object& item) {
    if (flag_at(item, "asleep")) return {"put to sleep", Color::asleep};
    const bool guarded = !text_at(item, "guard").empty();
    if (flag_at(item, "managed")) return {guarded ? "registered, guarded" : "registered"};
    if (guarded) return {"guarded", Color::faint};
    return {};
}

Table instances(const json::array& items) {
    Table table({"INSTANCE", "NAME", "TYPE", "STATE", "PUBLIC IP", "PRIVATE IP", "REGION", "DOZE"});
    for (const auto& value : items) {
        const auto& item = as_object(value);
        table.add({{text_at(item, "id")},
                   {text_at(item, "name")},
                   {text_at(item, "type")},
                   state_cell(text_at(item, "state")),
                   {text_at(item, "public_ip")},
                   {text_at(item, "private_ip")},
                   {text_at(item, "region")},
                   standing(item)});
    }
    return table;
}

Table services(const json::array& clusters) {
    Table table({"CLUSTER", "SERVICE", "STATUS", "DESIRED", "RUNNING", "PENDING", "REGION", "DOZE"});
    const auto add = [&](const json::object& cluster, const json::object& service, std::string status) {
        table.add({{text_at(cluster, "name")},
                   {text_at(service, "name")},
                   state_cell(std::move(status)),
                   number_cell(service, "desired_count"),
                   number_cell(service, "running_count"),
                   number_cell(service, "pending_count"),
                   {text_at(cluster, "region")},
                   standing(service)});
    };
    for (const auto& value : clusters) {
        const auto& cluster = as_object(value);
        const auto& members = array_at(cluster, "services");
        if (members.empty()) add(cluster, {}, text_at(cluster, "status"));
        for (const auto& member : members) add(cluster, as_object(member), text_at(as_object(member), "status"));
    }
    return table;
}

Table nodegroups(const json::array& clusters) {
    Table table({"CLUSTER", "NODE GROUP", "STATUS", "TYPE", "MIN", "DESIRED", "MAX", "REGION", "DOZE"});
    const auto add = [&](const json::object& cluster, const json::object& group, std::string status) {
        table.add({{text_at(cluster, "name")},
                   {text_at(group, "name")},
                   state_cell(std::move(status)),
                   {text_at(group, "instance_type")},
                   number_cell(group, "min_size"),
                   number_cell(group, "desired_size"),
                   number_cell(group, "max_size"),
                   {text_at(cluster, "region")},
                   standing(group)});
    };
    for (const auto& value : clusters) {
        const auto& cluster = as_object(value);
        const auto& members = array_at(cluster, "nodegroups");
        if (members.empty()) add(cluster, {}, text_at(cluster, "status"));
        for (const auto& member : members) add(cluster, as_object(member), text_at(as_object(member), "status"));
    }
    return table;
}

/// How old the list is, and what could not be read.
std::string ending(const json::object& content, bool color) {
    std::string out = unread_text(array_at(content, "errors"), "message", color);
    if (const auto more = number_at(content, "remaining")) {
        out += fmt::format("{} more do not fit here; narrow the list with --region.\n", *more);
    }
    if (const auto age = number_at(content, "age_seconds")) {
        const auto words = core::to_string(core::Duration(std::chrono::seconds(*age)));
        out += colored(fmt::format("Seen {} ago; --fresh asks AWS now.", words), Color::faint, color) + "\n";
    } else if (content.contains("age_seconds")) {
        out += "AWS has not answered yet: try again in a moment, or see `doze status`.\n";
    }
    return out;
}

/// Instances first, as AWS's console has them.
struct Part {
    std::string_view kind;
    std::string_view name;  ///< Where the list is of this kind alone.
    std::string_view name_in_all;
    std::string_view none;
    Table (*make)(const json::array&);
};

constexpr Part parts[] = {
    {"ec2", "instances", "ec2_instances", "No EC2 instances.", instances},
    {"ecs", "clusters", "ecs_clusters", "No ECS clusters.", services},
    {"eks", "clusters", "eks_clusters", "No EKS clusters.", nodegroups},
};

}  // namespace

std::string list_text(const json::object& content, std::string_view kind, bool color) {
    std::string out;
    bool any = false;
    for (const auto& part : parts) {
        if (kind != "all" && kind != part.kind) continue;
        const auto table = part.make(array_at(content, kind == "all" ? part.name_in_all : part.name));
        any = any || !table.empty();
        out += table.empty() ? std::string(part.none) + "\n" : table.text(color);
        if (kind == "all") out += "\n";
    }
    if (!any) out += "The regions looked at are aws.regions in settings.json.\n";
    return out + ending(content, color);
}

std::string registered_text(const json::object& content, bool color) {
    Table table({"RESOURCE", "STATE", "DOZE", "DESCRIPTION", "NOTE"});
    const auto add = [&](std::string name, const json::object& item) {
        auto trouble = text_at(item, "trouble");
        Cell note = trouble.empty() ? Cell{text_at(item, "guard"), Color::faint} : Cell{std::move(trouble), Color::bad};
        table.add({{std::move(name)},
                   state_cell(text_at(item, "state")),
                   flag_at(item, "asleep") ? Cell{"put to sleep", Color::asleep} : Cell{},
                   {text_at(item, "description")},
                   std::move(note)});
    };
    const auto named = [](std::string_view kind, const json::object& item, std::string_view own) {
        return fmt::format("{}:{}:{}/{}", kind, text_at(item, "region"), text_at(item, "cluster_name"),
                           text_at(item, own));
    };
    for (const auto& value : array_at(content, "ec2_instances")) {
        const auto& item = as_object(value);
        add(fmt::format("ec2:{}:{}", text_at(item, "region"), text_at(item, "instance_id")), item);
    }
    for (const auto& value : array_at(content, "ecs_services")) {
        add(named("ecs", as_object(value), "service_name"), as_object(value));
    }
    for (const auto& value : array_at(content, "eks_nodegroups")) {
        add(named("eks", as_object(value), "nodegroup_name"), as_object(value));
    }
    if (table.empty()) {
        return "Nothing is registered, so doze touches nothing.\n"
               "`doze list` shows what there is, `doze register TARGET` lets doze put it to sleep.\n";
    }
    return table.text(color);
}

}  // namespace doze::cli
