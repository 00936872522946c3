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
     .shown = "The EC2 instances",
     .one = "an instance",
     .in_full = "an EC2 instance",
     .registry = "ec2_instances",
     .inventory = "ec2_instances",
     .array = "instances",
     .name_key = "instance_id",
     .name_part = "instance-id",
     .lone_name = "i-",
     .list_letter = 'e',
     .verbs = {.start = true, .stop = true},
     .loaded = true,
     .hibernates = true,
     .described_at_once = 200,
     .parse_name = plain<parse_instance_id>,
     .name_pattern = pattern::instance_id,
     .example = "instance_id: i-0123456789abcdef0\nregion: us-east-1\ndescription: build server\n"},
    {.kind = Kind::ecs,
     .word = "ecs",
     .command = "ECS",
     .noun = "ECS service",
     .shown = "The ECS clusters with their services",
     .one = "a service",
     .in_full = "an ECS service",
     .registry = "ecs_services",
     .inventory = "ecs_clusters",
     .array = "clusters",
     .name_key = "service_name",
     .name_part = "service",
     .list_letter = 'c',
     .verbs = {.start = true, .stop = true},
     .in_cluster = true,
     .grouped = "services",
     .loaded = true,
     .members = "tasks",
     .described_at_once = 10,
     .suspends = 0b111,
     .parse_name = plain<parse_service_name>,
     .name_pattern = pattern::service_name,
     .example = "cluster_name: staging\nservice_name: web\nregion: us-east-1\n"},
    {.kind = Kind::eks,
     .word = "eks",
     .command = "EKS",
     .noun = "EKS node group",
     .shown = "The EKS clusters with their node groups",
     .one = "a node group",
     .in_full = "an EKS node group",
     .registry = "eks_nodegroups",
     .inventory = "eks_clusters",
     .array = "clusters",
     .name_key = "nodegroup_name",
     .name_part = "nodegroup",
     .list_letter = 'k',
     .verbs = {.scale = true},
     .in_cluster = true,
     .grouped = "nodegroups",
     .sized = true,
     .members = "nodes",
     .described_at_once = 1,
     .caution = "Its sleep terminates its nodes, with what is on their disks; the wake launches new ones.",
     .parse_name = plain<parse_nodegroup_name>,
     .name_pattern = pattern::nodegroup_name,
     .example = "cluster_name: staging\nnodegroup_name: workers\nregion: eu-west-1\ndesired_size: 2    # what a wake "
                "restores when doze has no record of what it was\n"},
    {.kind = Kind::asg,
     .word = "asg",
     .command = "ASG",
     .noun = "Auto Scaling group",
     .shown = "The Auto Scaling groups",
     .one = "a group",
     .in_full = "an Auto Scaling group",
     .registry = "autoscaling_groups",
     .inventory = "autoscaling_groups",
     .array = "groups",
     .name_key = "group_name",
     .name_part = "group",
     .list_letter = 'g',
     .verbs = {.start = true, .stop = true, .scale = true},
     .sized = true,
     .loaded = true,
     .members = "instances",
     .described_at_once = 100,
     .suspends = 0b111011000,
     .max_sleeps = true,
     .caution = "Its sleep terminates its instances, with what is on their disks; the wake launches new ones.",
     .parse_name = plain<parse_group_name>,
     .name_pattern = pattern::group_name,
     .example = "group_name: staging-workers\nregion: us-east-1\n"},
    {.kind = Kind::rds,
     .word = "rds",
     .command = "RDS",
     .noun = "RDS instance",
     .shown = "The RDS instances",
     .one = "a database",
     .in_full = "an RDS instance",
     .registry = "rds_instances",
     .inventory = "rds_instances",
     .array = "db_instances",
     .name_key = "db_instance",
     .name_part = "db-instance",
     .list_letter = 'd',
     .verbs = {.start = true, .stop = true},
     .loaded = true,
     .described_at_once = 50,
     .restarts_after = seven_days,
     .caution = is_started_again,
     .parse_name = plain<parse_database_name>,
     .name_pattern = pattern::database_name,
     .example = "db_instance: staging\nregion: us-east-1\nbusy_cpu_percent: 20    # stays awake while its CPU is above "
                "this\n"},
    {.kind = Kind::rds_cluster,
     .word = "rds-cluster",
     .command = "RDS_CLUSTER",
     .noun = "RDS cluster",
     .shown = "The RDS (Aurora) clusters",
     .one = "a database cluster",
     .in_full = "an RDS (Aurora) cluster",
     .registry = "rds_clusters",
     .inventory = "rds_clusters",
     .array = "clusters",
     .name_key = "db_cluster",
     .name_part = "db-cluster",
     .list_letter = 'l',
     .verbs = {.start = true, .stop = true},
     .loaded = true,
     .described_at_once = 50,
     .restarts_after = seven_days,
     .caution = is_started_again,
     .parse_name = plain<parse_database_name>,
     .name_pattern = pattern::database_name,
     .example = "db_cluster: staging\nregion: us-east-1\nprofile: work    # reached with this profile of ~/.aws "
                "instead of doze's own credentials\n"},
}};

static_assert([] {
    for (std::size_t i = 0; i < table.size(); ++i)
        if (table[i].kind != static_cast<Kind>(i)) return false;
    return true;
}());

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

std::string kind_words(std::span<const KindInfo> known) {
    std::string words;
    for (const auto& kind : known) words.append(words.empty() ? "" : ", ").append(kind.word);
    return words;
}

}  // namespace doze::core
