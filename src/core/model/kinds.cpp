#include "core/model/kinds.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>

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
constexpr std::array<KindInfo, kind_count> table{{
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
     .name_heading = "INSTANCE",
     .lone_name = "i-",
     .unique_name = true,
     .list_letter = 'e',
     .verbs = {.start = true, .stop = true},
     .loaded = true,
     .hibernates = true,
     .stop_protection = true,
     .whole_list_in_events = true,
     .described_at_once = 200,
     .state_after_sleep = "stopping",
     .state_after_wake = "pending",
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
     .name_heading = "SERVICE",
     .list_letter = 'c',
     .verbs = {.start = true, .stop = true},
     .in_cluster = true,
     .grouped = "services",
     .loaded = true,
     .members = "tasks",
     .described_at_once = 10,
     .sleep_outcome = "set to 0",
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
     .name_heading = "NODE GROUP",
     .list_letter = 'k',
     .verbs = {.scale = true},
     .in_cluster = true,
     .grouped = "nodegroups",
     .sized = true,
     .members = "nodes",
     .described_at_once = 1,
     .sleep_outcome = "set to 0",
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
     .sleep_outcome = "emptied: its instances are terminated",
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

static_assert(
    [] {
        for (std::size_t i = 0; i < table.size(); ++i)
            if (table[i].kind != static_cast<Kind>(i)) return false;
        return true;
    }(),
    "each kind has its row, in the order of Kind");

static_assert(
    [] {
        for (const auto& one : table) {
            if (one.list_letter == 'a' || one.list_letter == 'r' || one.in_cluster == one.grouped.empty()) return false;
            for (const auto& other : table)
                if (&one != &other && (one.word == other.word || one.command == other.command ||
                                       one.registry == other.registry || one.list_letter == other.list_letter))
                    return false;
        }
        return true;
    }(),
    "no two kinds share a name or a letter, and what is in a cluster says where");

/// "a, b and c" of the kinds that have a property, or that have it not.
std::string joined(bool KindInfo::*property, bool has, std::string (*text)(const KindInfo&)) {
    std::string all;
    std::string last;
    for (const auto& kind : kinds()) {
        if (kind.*property != has) continue;
        if (!last.empty()) all.append(all.empty() ? "" : ", ").append(last);
        last = text(kind);
    }
    return all.empty() ? last : all + " and " + last;
}

}  // namespace

std::span<const KindInfo> built_in_kinds() {
    return table;
}

// Weak, so that a test can add a row by a function of its own (tests/unit/kinds): everything asks here.
[[gnu::weak]] std::span<const KindInfo> kinds() {
    return built_in_kinds();
}

const KindInfo& info(Kind kind) {
    return kinds()[static_cast<std::size_t>(kind)];
}

std::string_view to_string(Kind kind) {
    const auto number = static_cast<std::size_t>(kind);
    return number < kinds().size() ? kinds()[number].word : "?";
}

const KindInfo* find_kind(std::string_view word) {
    const auto found = std::ranges::find(kinds(), word, &KindInfo::word);
    return found == kinds().end() ? nullptr : &*found;
}

std::string kind_words() {
    std::string words;
    for (const auto& kind : kinds()) words.append(words.empty() ? "" : ", ").append(kind.word);
    return words;
}

std::string commands_with(bool KindInfo::*property) {
    const auto with = std::ranges::count(kinds(), true, property);
    const bool but = with > std::ssize(kinds()) - with;
    return (but ? "All but " : "") +
           joined(property, !but, [](const KindInfo& kind) { return std::string(kind.command); });
}

std::string nouns_with(bool KindInfo::*property) {
    return joined(property, true, [](const KindInfo& kind) { return std::string(kind.noun) + "s"; });
}

}  // namespace doze::core
