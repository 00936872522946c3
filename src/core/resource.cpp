#include "core/resource.hpp"

#include <utility>

namespace doze::core {

ResourceId ec2(Region region, InstanceId instance) {
    return {std::move(region), Ec2Name{std::move(instance)}};
}

ResourceId ecs(Region region, ClusterName cluster, ServiceName service) {
    return {std::move(region), EcsName{std::move(cluster), std::move(service)}};
}

ResourceId eks(Region region, ClusterName cluster, NodegroupName nodegroup) {
    return {std::move(region), EksName{std::move(cluster), std::move(nodegroup)}};
}

namespace {

struct LocalName {
    std::string operator()(const Ec2Name& name) const { return name.instance.str(); }
    std::string operator()(const EcsName& name) const { return name.cluster.str() + "/" + name.service.str(); }
    std::string operator()(const EksName& name) const { return name.cluster.str() + "/" + name.nodegroup.str(); }
};

}  // namespace

std::string to_string(const ResourceId& id) {
    return std::string(to_string(id.kind())) + ":" + id.region.str() + ":" + std::visit(LocalName{}, id.name);
}

Result<ResourceId> parse_resource_id(std::string_view text) {
    const Error malformed{.code = ErrorCode::bad_request, .message = "Not a resource: '" + std::string(text) + "'."};
    const auto first = text.find(':');
    if (first == std::string_view::npos) return malformed;
    const auto second = text.find(':', first + 1);
    if (second == std::string_view::npos) return malformed;
    const auto kind = text.substr(0, first);
    const auto name = text.substr(second + 1);
    auto region = parse_region(text.substr(first + 1, second - first - 1));
    if (!region) return region.error();
    if (kind == "ec2") {
        auto instance = parse_instance_id(name);
        if (!instance) return instance.error();
        return ec2(*region, *instance);
    }
    const auto slash = name.find('/');
    if (slash == std::string_view::npos) return malformed;
    auto cluster = parse_cluster_name(name.substr(0, slash));
    if (!cluster) return cluster.error();
    if (kind == "ecs") {
        auto service = parse_service_name(name.substr(slash + 1));
        if (!service) return service.error();
        return ecs(*region, *cluster, *service);
    }
    if (kind == "eks") {
        auto nodegroup = parse_nodegroup_name(name.substr(slash + 1));
        if (!nodegroup) return nodegroup.error();
        return eks(*region, *cluster, *nodegroup);
    }
    return malformed;
}

}  // namespace doze::core
