#include "core/model/kinds.hpp"

#include <algorithm>
#include <array>
#include <chrono>

#include "base/ids.hpp"

namespace doze::core {
namespace {

template <auto parse>
Result<std::string> plain(std::string_view text) {
    auto name = parse(text);
    if (!name) return name.error();
    return name->str();
}

constexpr Duration never{0};

/// Amazon RDS User Guide, "Stopping an Amazon RDS DB instance temporarily".
constexpr Duration seven_days = std::chrono::hours(7 * 24);

constexpr std::string_view is_started_again =
    "AWS starts it again seven days after it was stopped; while you are away, doze then stops it again.";

/// described_at_once: the values of a filter (EC2, RDS), of AutoScalingGroupNames and of `services`; EKS has no such
/// call.
constexpr std::array<KindInfo, 6> table{{
    {.kind = Kind::ec2,
     .word = "ec2",
     .command = "EC2",
     .noun = "EC2 instance",
     .registry = "ec2_instances",
     .inventory = "ec2_instances",
     .array = "instances",
     .name_key = "instance_id",
     .name_part = "instance-id",
     .in_cluster = false,
     .sized = false,
     .loaded = true,
     .members = {},
     .described_at_once = 200,
     .suspends = 0,
     .max_sleeps = false,
     .restarts_after = never,
     .caution = {},
     .parse_name = plain<parse_instance_id>},
    {.kind = Kind::ecs,
     .word = "ecs",
     .command = "ECS",
     .noun = "ECS service",
     .registry = "ecs_services",
     .inventory = "ecs_clusters",
     .array = "clusters",
     .name_key = "service_name",
     .name_part = "service",
     .in_cluster = true,
     .sized = false,
     .loaded = true,
     .members = "tasks",
     .described_at_once = 10,
     .suspends = 0b111,
     .max_sleeps = false,
     .restarts_after = never,
     .caution = {},
     .parse_name = plain<parse_service_name>},
    {.kind = Kind::eks,
     .word = "eks",
     .command = "EKS",
     .noun = "EKS node group",
     .registry = "eks_nodegroups",
     .inventory = "eks_clusters",
     .array = "clusters",
     .name_key = "nodegroup_name",
     .name_part = "nodegroup",
     .in_cluster = true,
     .sized = true,
     .loaded = false,
     .members = "nodes",
     .described_at_once = 1,
     .suspends = 0,
     .max_sleeps = false,
     .restarts_after = never,
     .caution = "Its sleep terminates its nodes, with what is on their disks; the wake launches new ones.",
     .parse_name = plain<parse_nodegroup_name>},
    {.kind = Kind::asg,
     .word = "asg",
     .command = "ASG",
     .noun = "Auto Scaling group",
     .registry = "autoscaling_groups",
     .inventory = "autoscaling_groups",
     .array = "groups",
     .name_key = "group_name",
     .name_part = "group",
     .in_cluster = false,
     .sized = true,
     .loaded = true,
     .members = "instances",
     .described_at_once = 100,
     .suspends = 0b111011000,
     .max_sleeps = true,
     .restarts_after = never,
     .caution = "Its sleep terminates its instances, with what is on their disks; the wake launches new ones.",
     .parse_name = plain<parse_group_name>},
    {.kind = Kind::rds,
     .word = "rds",
     .command = "RDS",
     .noun = "RDS instance",
     .registry = "rds_instances",
     .inventory = "rds_instances",
     .array = "db_instances",
     .name_key = "db_instance",
     .name_part = "db-instance",
     .in_cluster = false,
     .sized = false,
     .loaded = true,
     .members = {},
     .described_at_once = 50,
     .suspends = 0,
     .max_sleeps = false,
     .restarts_after = seven_days,
     .caution = is_started_again,
     .parse_name = plain<parse_database_name>},
    {.kind = Kind::rds_cluster,
     .word = "rds-cluster",
     .command = "RDS_CLUSTER",
     .noun = "RDS cluster",
     .registry = "rds_clusters",
     .inventory = "rds_clusters",
     .array = "clusters",
     .name_key = "db_cluster",
     .name_part = "db-cluster",
     .in_cluster = false,
     .sized = false,
     .loaded = true,
     .members = {},
     .described_at_once = 50,
     .suspends = 0,
     .max_sleeps = false,
     .restarts_after = seven_days,
     .caution = is_started_again,
     .parse_name = plain<parse_database_name>},
}};

}  // namespace

std::span<const KindInfo> kinds() {
    return table;
}

const KindInfo& info(Kind kind) {
    return table.at(static_cast<std::size_t>(kind));
}

std::string_view to_string(Kind kind) {
    const auto number = static_cast<std::size_t>(kind);
    return number < table.size() ? table.at(number).word : "?";
}

const KindInfo* find_kind(std::string_view word) {
    const auto found = std::ranges::find(table, word, &KindInfo::word);
    return found == table.end() ? nullptr : &*found;
}

std::string kind_words() {
    std::string words;
    for (const auto& kind : table) words.append(words.empty() ? "" : ", ").append(kind.word);
    return words;
}

}  // namespace doze::core
