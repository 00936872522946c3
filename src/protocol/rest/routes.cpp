#include "protocol/rest/routes.hpp"

#include <fmt/format.h>

namespace doze::rest {
namespace {

// clang-format off
constexpr CommandRoute table[] = {
    {"GET", "/status", "STATUS", "", "You and doze", "Presence, sources, holds, resources", "Status"},
    {"GET", "/presence", "STATUS", "presence", "You and doze", "Whether the person is there", "Presence"},
    {"GET", "/holds", "STATUS", "holds", "You and doze", "What keeps resources awake for now", "Holds"},
    {"GET", "/history", "HISTORY", "", "You and doze", "What doze did and why, newest first", "History"},
    {"POST", "/snooze", "SNOOZE", "", "You and doze", "Nothing is put to sleep for so long", "Snoozed"},
    {"DELETE", "/snooze", "RESUME", "", "You and doze", "Ends the snooze", "Done"},
    {"GET", "/resources", "LIST_ALL_SERVICES", "", "Resources", "Everything in the configured regions", "Resources"},
    {"GET", "/resources/ec2", "AWS_EC2_LIST", "", "Resources", "The EC2 instances", "Ec2List"},
    {"GET", "/resources/ecs", "AWS_ECS_LIST", "", "Resources", "The ECS clusters with their services", "EcsList"},
    {"GET", "/resources/eks", "AWS_EKS_LIST", "", "Resources", "The EKS clusters with their node groups", "EksList"},
    {"GET", "/resources/asg", "AWS_ASG_LIST", "", "Resources", "The Auto Scaling groups", "AsgList"},
    {"GET", "/resources/rds", "AWS_RDS_LIST", "", "Resources", "The RDS instances", "RdsList"},
    {"GET", "/resources/rds-cluster", "AWS_RDS_CLUSTER_LIST", "", "Resources", "The RDS (Aurora) clusters", "RdsClusterList"},
    {"GET", "/registrations", "LIST_REGISTERED_SERVICES", "", "Resources", "What doze may put to sleep", "Registrations"},
    {"POST", "/registrations", "REGISTER_SERVICE", "", "Resources", "Lets doze put a resource to sleep", "Registered"},
    {"GET", "/commands", "HELP", "", "Commands", "The commands", "Commands"},
};
// clang-format on

}  // namespace

std::span<const CommandRoute> command_routes() {
    return table;
}

bool is_offered(const commands::Command& command) {
    return !command.type.empty() &&
           (command.reach == commands::Scope::everywhere || command.reach == commands::Scope::silent);
}

std::string command_path(const commands::Command& command) {
    return fmt::format("/commands/{}", command.type);
}

}  // namespace doze::rest
