#include "commands/table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <fmt/format.h>

#include "base/edit_distance.hpp"
#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

using core::Kind;

template <ListKind list>
void on_list(Call call, Parts parts) {
    list_text(list, std::move(call), parts);
}
template <ListKind list>
void on_list(Call call, const Message& message) {
    list_json(list, std::move(call), message);
}
template <Kind kind>
void on_start(Call call, Parts parts) {
    start_text(kind, std::move(call), parts);
}
template <Kind kind>
void on_stop(Call call, Parts parts) {
    stop_text(kind, std::move(call), parts);
}
template <Kind kind>
void on_scale(Call call, Parts parts) {
    scale_text(kind, std::move(call), parts);
}
template <Kind kind>
void on_register(Call call, Parts parts) {
    register_text(kind, std::move(call), parts);
}
template <Kind kind>
void on_unregister(Call call, Parts parts) {
    unregister_text(kind, std::move(call), parts);
}

constexpr std::string_view ec2_parts = "instance-id:region";
constexpr std::string_view ecs_parts = "cluster:service:region";
constexpr std::string_view eks_parts = "cluster:nodegroup:region";
constexpr std::string_view asg_parts = "group:region";
constexpr std::string_view rds_parts = "db-instance:region";
constexpr std::string_view rds_cluster_parts = "db-cluster:region";

// clang-format off
constexpr Command table[] = {
    {"LIST_EC2", "AWS_EC2_LIST", "region?", "The EC2 instances of all regions, or one", on_list<ListKind::ec2>, on_list<ListKind::ec2>, {contents::list}},
    {"LIST_ECS", "AWS_ECS_LIST", "region?", "The ECS clusters with their services", on_list<ListKind::ecs>, on_list<ListKind::ecs>, {contents::list}},
    {"LIST_EKS", "AWS_EKS_LIST", "region?", "The EKS clusters with their node groups", on_list<ListKind::eks>, on_list<ListKind::eks>, {contents::list}},
    {"LIST_ASG", "AWS_ASG_LIST", "region?", "The Auto Scaling groups", on_list<ListKind::asg>, on_list<ListKind::asg>, {contents::list}},
    {"LIST_RDS", "AWS_RDS_LIST", "region?", "The RDS instances", on_list<ListKind::rds>, on_list<ListKind::rds>, {contents::list}},
    {"LIST_RDS_CLUSTER", "AWS_RDS_CLUSTER_LIST", "region?", "The RDS (Aurora) clusters", on_list<ListKind::rds_cluster>, on_list<ListKind::rds_cluster>, {contents::list}},
    {"LIST_ALL_SERVICES", "LIST_ALL_SERVICES", "region?", "All lists at once", on_list<ListKind::all>, on_list<ListKind::all>, {contents::list}},
    {"LIST_REGISTERED_SERVICES", "LIST_REGISTERED_SERVICES", "region?", "What doze may put to sleep", on_list<ListKind::registered>, on_list<ListKind::registered>, {contents::registered}},
    {"MORE", "MORE", "token", "The next page of a truncated list", more_text, more_json, {}, Scope::paged},
    {"", "AWS_SERVICE_LIST_ALL", "", "The EC2 instances, for the original's dashboard", nullptr, list_for_dashboard_json, {}, Scope::dashboard},
    {"", "refresh_service", "", "Asks AWS for one list now", nullptr, refresh_json, {contents::refresh}},

    {"START_EC2", "", ec2_parts, "Starts an instance", on_start<Kind::ec2>, nullptr},
    {"STOP_EC2", "", ec2_parts, "Stops an instance", on_stop<Kind::ec2>, nullptr},
    {"START_ECS", "", ecs_parts, "Starts a service", on_start<Kind::ecs>, nullptr},
    {"STOP_ECS", "", ecs_parts, "Stops a service", on_stop<Kind::ecs>, nullptr},
    {"SCALE_EKS", "", "cluster:nodegroup:region:count", "Scales a node group; 0 stops it", on_scale<Kind::eks>, nullptr},
    {"START_ASG", "", asg_parts, "Brings a group back", on_start<Kind::asg>, nullptr},
    {"STOP_ASG", "", asg_parts, "Empties a group", on_stop<Kind::asg>, nullptr},
    {"SCALE_ASG", "", "group:region:count", "Scales a group; 0 empties it", on_scale<Kind::asg>, nullptr},
    {"START_RDS", "", rds_parts, "Starts a database", on_start<Kind::rds>, nullptr},
    {"STOP_RDS", "", rds_parts, "Stops a database", on_stop<Kind::rds>, nullptr},
    {"START_RDS_CLUSTER", "", rds_cluster_parts, "Starts a database cluster", on_start<Kind::rds_cluster>, nullptr},
    {"STOP_RDS_CLUSTER", "", rds_cluster_parts, "Stops a database cluster", on_stop<Kind::rds_cluster>, nullptr},
    {"", "startInstance", "", "Starts an instance, for the original's dashboard", nullptr, start_instance_json, {}, Scope::dashboard},
    {"", "stopInstance", "", "Stops an instance, for the original's dashboard", nullptr, stop_instance_json, {}, Scope::dashboard},
    {"", "AWS_SERVICE_STATUS", "", "Starts, stops or scales", nullptr, service_status_json, {contents::power, true}},

    {"REGISTER_EC2", "", ec2_parts, "Lets doze put an instance to sleep", on_register<Kind::ec2>, nullptr},
    {"REGISTER_ECS", "", ecs_parts, "Lets doze put a service to sleep", on_register<Kind::ecs>, nullptr},
    {"REGISTER_EKS", "", eks_parts, "Lets doze put a node group to sleep", on_register<Kind::eks>, nullptr},
    {"REGISTER_ASG", "", asg_parts, "Lets doze put a group to sleep", on_register<Kind::asg>, nullptr},
    {"REGISTER_RDS", "", rds_parts, "Lets doze put a database to sleep", on_register<Kind::rds>, nullptr},
    {"REGISTER_RDS_CLUSTER", "", rds_cluster_parts, "Lets doze put a database cluster to sleep", on_register<Kind::rds_cluster>, nullptr},
    {"UNREGISTER_EC2", "", ec2_parts, "Takes that back", on_unregister<Kind::ec2>, nullptr},
    {"UNREGISTER_ECS", "", ecs_parts, "Takes that back", on_unregister<Kind::ecs>, nullptr},
    {"UNREGISTER_EKS", "", eks_parts, "Takes that back", on_unregister<Kind::eks>, nullptr},
    {"UNREGISTER_ASG", "", asg_parts, "Takes that back", on_unregister<Kind::asg>, nullptr},
    {"UNREGISTER_RDS", "", rds_parts, "Takes that back", on_unregister<Kind::rds>, nullptr},
    {"UNREGISTER_RDS_CLUSTER", "", rds_cluster_parts, "Takes that back", on_unregister<Kind::rds_cluster>, nullptr},
    {"", "REGISTER_SERVICE", "", "Lets doze put a resource to sleep", nullptr, register_json, {contents::registration, true}},
    {"", "UNREGISTER_SERVICE", "", "Takes that back", nullptr, unregister_json, {{}, true}},

    {"STATUS", "STATUS", "", "Presence, sources, resources, counts", status_text, status_json},
    {"", "SYSTEM_STATUS", "", "The same as STATUS", nullptr, status_json},
    {"AWAY", "AWAY", "", "The person leaves now", away_text, away_json},
    {"SNOOZE", "SNOOZE", "minutes", "Nothing is put to sleep for so long", snooze_text, snooze_json, {contents::snooze, false, true}},
    {"RESUME", "RESUME", "", "Ends the snooze", resume_text, resume_json},
    {"HOLD", "HOLD", "reason", "Nothing is put to sleep while this connection lives", hold_text, hold_json, {contents::hold}, Scope::connection},
    {"RELEASE", "RELEASE", "", "Ends the hold of this connection", release_text, release_json, {}, Scope::connection},
    {"HISTORY", "HISTORY", "limit?:before?", "What doze did and why, newest first", history_text, history_json, {contents::history}},
    {"", "USER_ACTIVITY", "", "A sign of life; no reply", nullptr, activity_json, {}, Scope::silent},
    {"EVENTS", "EVENTS", "", "Events follow, on a connection", events_text, events_json, {contents::events}, Scope::connection},
    {"PING", "PING", "", "Answers PONG", ping_text, ping_json},
    {"HELP", "HELP", "command?", "The commands, or one of them", help_text, help_json, {contents::help}},
    {"", "test", "", "Answers a fixed text", nullptr, test_json},
};
// clang-format on

std::string_view name_of(const Command& command, Form form) {
    return form == Form::text ? command.text : command.type;
}

}  // namespace

std::span<const Command> commands() {
    return table;
}

const Command* find_command(Form form, std::string_view word) {
    if (word.empty()) return nullptr;
    for (const auto& command : table)
        if (name_of(command, form).size() == word.size() && same_word(name_of(command, form), word)) return &command;
    return nullptr;
}

Error unknown_command(Form form, std::string_view word) {
    if (!is_clean(word)) return bad_request("The message is neither a command nor JSON.");
    const auto nearest = nearest_command(form, word);
    return {
        .code = ErrorCode::unknown_command,
        .message = fmt::format("There is no command {}.", quoted(word)),
        .next_step = nearest.empty() ? std::string("HELP lists them.") : fmt::format("The nearest is {}.", nearest)};
}

std::string_view nearest_command(Form form, std::string_view word) {
    const EditDistance distance(word);
    std::string_view nearest;
    // What is another word was not meant.
    auto best = std::min<std::size_t>(distance.size(), 24) / 3 + 2;
    for (const auto& command : table) {
        const auto name = name_of(command, form);
        if (name.empty()) continue;
        const auto least =
            name.size() > distance.size() ? name.size() - distance.size() : distance.size() - name.size();
        if (least >= best) continue;
        const auto away = distance.to(name);
        if (away >= best) continue;
        best = away;
        nearest = name;
    }
    return nearest;
}

}  // namespace doze::commands
