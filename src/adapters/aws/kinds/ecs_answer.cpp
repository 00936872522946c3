#include "adapters/aws/kinds/ecs_answer.hpp"

#include <utility>

#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::ecs {
namespace {

std::vector<core::Tag> tags_of(const boost::json::object& service) {
    std::vector<core::Tag> tags;
    const auto* items = find_array(service, "tags");
    if (items == nullptr) return tags;
    for (const auto& item : *items) {
        if (!item.is_object()) continue;
        tags.push_back({.key = string_at(item.get_object(), "key").value_or(""),
                        .value = string_at(item.get_object(), "value").value_or("")});
    }
    return tags;
}

std::optional<core::Guard> guard_of(const boost::json::object& service, const core::GuardSettings& guards) {
    if (string_at(service, "schedulingStrategy") == "DAEMON")
        return core::Guard{
            "It is a daemon service: it runs one task on each container instance and has no desired "
            "count that could be set to 0."};
    return core::guard_by_tags(tags_of(service), guards);
}

std::optional<core::EcsService> parse_service(const boost::json::object& from, const Region& region,
                                              const ClusterName& cluster, const core::GuardSettings& guards) {
    const auto name = string_at(from, "serviceName");
    const auto status = string_at(from, "status");
    const auto desired = count_at(from, "desiredCount");
    const auto running = count_at(from, "runningCount");
    if (!name || !status || !desired || !running) return std::nullopt;

    core::Observation seen{.id = core::ecs(region, cluster, ServiceName(*name)),
                           .size = {.desired = *desired},
                           .running = *running,
                           .state = *status,
                           .guard = guard_of(from, guards),
                           .created_at = time_at(from, "createdAt")};
    if (*status != "ACTIVE") {
        seen.phase = core::Phase::gone;  // DRAINING, INACTIVE: deleted for good.
    } else if (*desired > 0) {
        seen.phase = core::Phase::awake;
        seen.settled = *running >= *desired;
    } else {
        seen.phase = core::Phase::asleep;
        seen.settled = *running == 0;
    }
    return core::EcsService{.seen = std::move(seen),
                            .status = *status,
                            .desired_count = *desired,
                            .running_count = *running,
                            .pending_count = count_at(from, "pendingCount").value_or(0)};
}

}  // namespace

std::optional<std::vector<core::EcsCluster>> parse_clusters(std::string_view body, const Region& region) {
    const auto root = parse_json_object(body);
    const auto* items = root ? find_array(*root, "clusters") : nullptr;
    if (items == nullptr) return std::nullopt;
    std::vector<core::EcsCluster> clusters;
    for (const auto& item : *items) {
        if (!item.is_object()) return std::nullopt;
        const auto& from = item.get_object();
        const auto name = string_at(from, "clusterName");
        if (!name) return std::nullopt;
        clusters.push_back({.region = region,
                            .name = ClusterName(*name),
                            .status = string_at(from, "status").value_or(""),
                            .running_tasks_count = count_at(from, "runningTasksCount").value_or(0),
                            .pending_tasks_count = count_at(from, "pendingTasksCount").value_or(0),
                            .active_services_count = count_at(from, "activeServicesCount").value_or(0)});
    }
    return clusters;
}

std::optional<Services> parse_services(std::string_view body, const Region& region, const ClusterName& cluster,
                                       const core::GuardSettings& guards) {
    const auto root = parse_json_object(body);
    const auto* items = root ? find_array(*root, "services") : nullptr;
    if (items == nullptr) return std::nullopt;
    Services services;
    for (const auto& item : *items) {
        if (!item.is_object()) return std::nullopt;
        auto service = parse_service(item.get_object(), region, cluster, guards);
        if (!service) return std::nullopt;
        services.found.push_back(std::move(*service));
    }
    const auto* failures = find_array(*root, "failures");
    if (failures == nullptr) return services;
    for (const auto& item : *failures) {
        if (!item.is_object() || string_at(item.get_object(), "reason") != "MISSING") continue;
        services.missing.emplace_back(name_of_arn(string_at(item.get_object(), "arn").value_or("")));
    }
    return services;
}

}  // namespace doze::aws::ecs
