#include "cli/target.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "cli/members.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

Error no_target(std::string_view text) {
    return {.code = ErrorCode::bad_request,
            .message = fmt::format("\"{}\" names no resource.", text),
            .next_step = "Write i-..., ecs:CLUSTER/SERVICE, eks:CLUSTER/NODEGROUP, or KIND:REGION:NAME."};
}

std::string without_region(const core::ResourceId& id) {
    const auto whole = core::to_string(id);  // kind:region:name
    const auto kind_end = whole.find(':');
    const auto name = whole.substr(whole.find(':', kind_end + 1) + 1);
    return id.kind() == core::Kind::ec2 ? name : whole.substr(0, kind_end + 1) + name;
}

// Borrows the parser of whole ids, which also checks each part.
Result<core::ResourceId> parse_without_region(std::string_view kind, std::string_view name) {
    auto id = core::parse_resource_id(fmt::format("{}:us-east-1:{}", kind, name));
    if (id) id->region = Region();
    return id;
}

Result<core::ResourceId> parse_id(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        if (text.starts_with("i-")) return parse_without_region("ec2", text);
        return no_target(text);
    }
    const auto kind = text.substr(0, colon);
    const auto rest = text.substr(colon + 1);
    if (kind != "ec2" && kind != "ecs" && kind != "eks") return no_target(text);
    if (kind != "ec2" && rest.find('/') == std::string_view::npos) return no_target(text);
    if (rest.find(':') != std::string_view::npos) return core::parse_resource_id(text);
    return parse_without_region(kind, rest);
}

void add_members(std::vector<core::ResourceId>& out, const json::object& content, core::Kind kind) {
    const bool ecs = kind == core::Kind::ecs;
    for (const auto& cluster : array_at(content, ecs ? "ecs_clusters" : "eks_clusters")) {
        const auto& group = as_object(cluster);
        const Region region(text_at(group, "region"));
        const ClusterName name(text_at(group, "name"));
        for (const auto& member : array_at(group, ecs ? "services" : "nodegroups")) {
            const auto own = text_at(as_object(member), "name");
            out.push_back(ecs ? core::ecs(region, name, ServiceName(own))
                              : core::eks(region, name, NodegroupName(own)));
        }
    }
}

}  // namespace

Result<Target> parse_target(std::string_view text, std::string_view region) {
    auto id = parse_id(text);
    if (!id) return id.error();
    Target target{*id};
    if (region.empty()) return target;
    const auto wanted = parse_region(region);
    if (!wanted) return wanted.error();
    if (target.has_region() && target.id.region != *wanted) {
        return Error{.code = ErrorCode::bad_request,
                     .message = fmt::format("{} is in {}, and --region says {}.", text, target.id.region.str(), region),
                     .next_step = "Leave --region out."};
    }
    target.id.region = *wanted;
    return target;
}

Result<Target> parse_nodegroup_target(std::string_view text, std::string_view region) {
    const bool bare = text.find(':') == std::string_view::npos && text.find('/') != std::string_view::npos;
    auto target = parse_target(bare ? fmt::format("eks:{}", text) : std::string(text), region);
    if (target && target->id.kind() != core::Kind::eks) {
        return Error{.code = ErrorCode::bad_request,
                     .message = fmt::format("\"{}\" is no EKS node group, and only those can be scaled.", text),
                     .next_step = "Use `doze start` or `doze stop`."};
    }
    return target;
}

std::vector<core::ResourceId> resources_in(const json::object& content) {
    std::vector<core::ResourceId> out;
    for (const auto& value : array_at(content, "ec2_instances")) {
        const auto& item = as_object(value);
        // The inventory says `id`, a registration `instance_id`.
        const auto id = text_at(item, "id");
        out.push_back(
            core::ec2(Region(text_at(item, "region")), InstanceId(id.empty() ? text_at(item, "instance_id") : id)));
    }
    add_members(out, content, core::Kind::ecs);
    add_members(out, content, core::Kind::eks);
    for (const auto& value : array_at(content, "ecs_services")) {
        const auto& item = as_object(value);
        out.push_back(core::ecs(Region(text_at(item, "region")), ClusterName(text_at(item, "cluster_name")),
                                ServiceName(text_at(item, "service_name"))));
    }
    for (const auto& value : array_at(content, "eks_nodegroups")) {
        const auto& item = as_object(value);
        out.push_back(core::eks(Region(text_at(item, "region")), ClusterName(text_at(item, "cluster_name")),
                                NodegroupName(text_at(item, "nodegroup_name"))));
    }
    return out;
}

Result<core::ResourceId> locate(const Target& target, const std::vector<core::ResourceId>& known) {
    if (target.has_region()) return target.id;
    std::set<core::ResourceId> found;
    for (const auto& id : known) {
        if (id.name == target.id.name) found.insert(id);
    }
    if (found.size() == 1) return *found.begin();
    const auto name = without_region(target.id);
    if (found.empty()) {
        return Error{.code = ErrorCode::not_found,
                     .message = fmt::format("doze has not seen {} in any configured region.", name),
                     .next_step = "`doze list` shows what it has seen; --region says where else it is."};
    }
    std::string regions;
    for (const auto& id : found) regions += (regions.empty() ? "" : ", ") + id.region.str();
    return Error{.code = ErrorCode::bad_request,
                 .message = fmt::format("{} exists in several regions: {}.", name, regions),
                 .next_step = "Say which one with --region."};
}

json::object to_content(const core::ResourceId& id) {
    json::object content;
    if (const auto* ec2 = std::get_if<core::Ec2Name>(&id.name)) {
        content = {{"service_type", "EC2"}, {"instance_id", ec2->instance.str()}};
    } else if (const auto* ecs = std::get_if<core::EcsName>(&id.name)) {
        content = {{"service_type", "ECS"}, {"cluster_name", ecs->cluster.str()}, {"service_name", ecs->service.str()}};
    } else if (const auto* eks = std::get_if<core::EksName>(&id.name)) {
        content = {
            {"service_type", "EKS"}, {"cluster_name", eks->cluster.str()}, {"nodegroup_name", eks->nodegroup.str()}};
    }
    content["region"] = id.region.str();
    return content;
}

}  // namespace doze::cli
