#include "config/services.hpp"

#include <utility>

#include "config/services_reader.hpp"
#include "config/yaml_text.hpp"

namespace doze::config {

Result<Loaded<Registrations>> parse_services(std::string_view text, std::string_view file) {
    text = without_bom(text);
    if (auto readable = check_text(text, file, largest_services); !readable) return readable.error();
    const auto document = load_yaml(text, file);
    if (!document) return document.error();
    Findings findings(file);
    auto placed = read_services(document->root, findings);
    if (!placed) return placed.error();
    Loaded<Registrations> loaded{{}, std::move(placed->notes)};
    for (auto& item : placed->value)
        if (!item.duplicate) loaded.value.push_back(std::move(item.registration));
    return loaded;
}

std::vector<Note> check_services(std::string_view text, std::string_view file) {
    text = without_bom(text);
    if (auto readable = check_text(text, file, largest_services); !readable) return {to_note(readable.error())};
    const auto document = load_yaml(text, file);
    if (!document) return {to_note(document.error())};
    Findings findings(file);
    auto placed = read_services(document->root, findings);
    return placed ? std::move(placed->notes) : findings.take_notes();
}

std::string default_services_text() {
    return R"(# What doze may put to sleep while you are away, and wakes, as it was, when you come back.
# By itself doze touches nothing that is not registered here.
#
# Edit this file as you like, or use "doze register" and "doze unregister": comments and order stay, and
# edits are picked up without a restart. For example:
#
# ec2_instances:
#   - instance_id: i-0123456789abcdef0
#     region: us-east-1
#     description: build server
#
# ecs_services:
#   - cluster_name: staging
#     service_name: web
#     region: us-east-1
#
# eks_nodegroups:
#   - cluster_name: staging
#     nodegroup_name: workers
#     region: eu-west-1
#     desired_size: 2    # what a wake restores when doze has no record of what it was
#
# autoscaling_groups:
#   - group_name: staging-workers
#     region: us-east-1
#
# rds_instances:
#   - db_instance: staging
#     region: us-east-1
#     busy_cpu_percent: 20    # stays awake while its CPU is above this
#
# rds_clusters:
#   - db_cluster: staging
#     region: us-east-1
#     profile: work    # reached with this profile of ~/.aws instead of doze's own credentials

ec2_instances: []

ecs_services: []

eks_nodegroups: []

autoscaling_groups: []

rds_instances: []

rds_clusters: []
)";
}

}  // namespace doze::config
