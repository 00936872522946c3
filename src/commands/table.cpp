#include "commands/table.hpp"

#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "commands/table_params.hpp"

namespace doze::commands {
namespace {

using core::KindInfo;

/// The parameters that name a resource, and more.
std::vector<Param> of_resource(const KindInfo& kind, std::initializer_list<Param> more = {}) {
    auto params = resource_params(kind);
    params.insert(params.end(), more);
    return params;
}

void add_lists(std::vector<Command>& all) {
    for (const auto& kind : core::kinds())
        all.push_back({.text = fmt::format("LIST_{}", kind.command),
                       .type = fmt::format("AWS_{}_LIST", kind.command),
                       .summary = std::string(kind.shown),
                       .request = ListRequest{.scope = {.kind = kind.kind}},
                       .params = {param::region, param::max_age}});
    all.push_back({.text = "LIST_ALL_SERVICES",
                   .type = "LIST_ALL_SERVICES",
                   .summary = "All lists at once",
                   .request = ListRequest{},
                   .params = {param::region, param::max_age}});
    all.push_back({.text = "LIST_REGISTERED_SERVICES",
                   .type = "LIST_REGISTERED_SERVICES",
                   .summary = "What doze may put to sleep",
                   .request = ListRequest{.scope = {.registered = true}},
                   .params = {param::region}});
    all.push_back({.text = "MORE",
                   .type = "MORE",
                   .summary = "The next page of a truncated list",
                   .request = MoreRequest{},
                   .params = {param::more_token},
                   .reach = Scope::paged});
    all.push_back({.type = "AWS_SERVICE_LIST_ALL",
                   .summary = "The EC2 instances, for the original's dashboard",
                   .request = ListRequest{.scope = {.kind = core::Kind::ec2}},
                   .reach = Scope::dashboard});
    all.push_back({.type = "refresh_service",
                   .summary = "Asks AWS for one list now",
                   .request = ListRequest{.form = ListForm::refresh, .max_age_seconds = 0},
                   .params = {param::service, param::region}});
}

void add_power(std::vector<Command>& all) {
    const auto add = [&](const KindInfo& kind, PowerAction what, std::string summary) {
        all.push_back(
            {.text = fmt::format("{}_{}", to_string(what), kind.command),
             .summary = std::move(summary),
             .request = PowerRequest{.action = what, .id = {.kind = kind.kind}},
             .params = what == PowerAction::scale ? of_resource(kind, {param::desired_size}) : of_resource(kind),
             .resource = ResourceOf::one_kind});
    };
    for (const auto& kind : core::kinds()) {
        if (kind.verbs.start)
            add(kind, PowerAction::start,
                kind.sized ? fmt::format("Brings {} back", kind.one) : fmt::format("Starts {}", kind.one));
        if (kind.verbs.stop)
            add(kind, PowerAction::stop, fmt::format("{} {}", kind.sized ? "Empties" : "Stops", kind.one));
        if (kind.verbs.scale) add(kind, PowerAction::scale, fmt::format("Scales {}; 0 stops it", kind.one));
    }
    for (const bool on : {true, false})
        all.push_back({.type = on ? "startInstance" : "stopInstance",
                       .summary = fmt::format("{} an instance, for the original's dashboard", on ? "Starts" : "Stops"),
                       .request = SwitchInstanceRequest{.on = on},
                       .params = switch_params(),
                       .reach = Scope::dashboard,
                       .error_type = "AWS_EC2_ERROR"});
    all.push_back({.type = "AWS_SERVICE_STATUS",
                   .summary = "Starts, stops or scales",
                   .request = PowerRequest{},
                   .params = {power_action(), param::desired_size},
                   .resource = ResourceOf::any_kind,
                   .check = check_power});
}

void add_registrations(std::vector<Command>& all) {
    for (const auto& kind : core::kinds())
        all.push_back({.text = fmt::format("REGISTER_{}", kind.command),
                       .summary = fmt::format("Lets doze put {} to sleep", kind.one),
                       .request = RegisterRequest{.registration = {.id = {.kind = kind.kind}}},
                       .params = of_resource(kind),
                       .resource = ResourceOf::one_kind});
    for (const auto& kind : core::kinds())
        all.push_back({.text = fmt::format("UNREGISTER_{}", kind.command),
                       .summary = "Takes that back",
                       .request = UnregisterRequest{.id = {.kind = kind.kind}},
                       .params = of_resource(kind),
                       .resource = ResourceOf::one_kind});
    all.push_back({.type = "REGISTER_SERVICE",
                   .summary = "Lets doze put a resource to sleep",
                   .request = RegisterRequest{},
                   .params = registration_params(),
                   .resource = ResourceOf::any_kind});
    all.push_back({.type = "UNREGISTER_SERVICE",
                   .summary = "Takes that back",
                   .request = UnregisterRequest{},
                   .resource = ResourceOf::any_kind});
}

void add_others(std::vector<Command>& all) {
    // clang-format off
    const Command others[] = {
        {"STATUS", "STATUS", "Presence, sources, resources, counts", StatusRequest{}},
        {"", "SYSTEM_STATUS", "The same as STATUS", StatusRequest{}},
        {"AWAY", "AWAY", "The person leaves now", AwayRequest{}},
        {.text = "SNOOZE", .type = "SNOOZE", .summary = "Nothing is put to sleep for so long", .request = SnoozeRequest{},
         .params = snooze_params(), .one_of = true, .check = check_snooze},
        {"RESUME", "RESUME", "Ends the snooze", ResumeRequest{}},
        {"HOLD", "HOLD", "Nothing is put to sleep while this connection lives", HoldRequest{}, {param::reason}, Scope::connection},
        {"RELEASE", "RELEASE", "Ends the hold of this connection", ReleaseRequest{}, {}, Scope::connection},
        {"HISTORY", "HISTORY", "What doze did and why, newest first", HistoryRequest{}, history_params()},
        {"", "USER_ACTIVITY", "A sign of life; no reply", ActivityRequest{}, {param::activity}, Scope::silent},
        {"EVENTS", "EVENTS", "Events follow, on a connection", EventsRequest{}, {param::timer}, Scope::connection},
        {.text = "PING", .type = "PING", .summary = "Answers PONG", .request = PingRequest{}, .reply_type = "PONG"},
        {"HELP", "HELP", "The commands, or one of them", HelpRequest{}, {param::command}},
        {"", "test", "Answers a fixed text", TestRequest{}},
    };
    // clang-format on
    all.insert(all.end(), std::begin(others), std::end(others));
}

void add_handshake(std::vector<Command>& all) {
    constexpr std::string_view verified = "PASSWORD_VERIFY_RESPONSE";
    all.push_back({.text = "AUTH",
                   .type = "AUTH",
                   .summary = "Shows the token",
                   .request = AuthRequest{},
                   .params = {param::auth_token},
                   .reach = Scope::token,
                   .reply_type = "AUTH"});
    const auto add = [&](std::string type, std::string summary, PasswordAction action, std::vector<Param> params,
                         std::string_view reply_type) {
        all.push_back({.type = std::move(type),
                       .summary = std::move(summary),
                       .request = PasswordRequest{.action = action},
                       .params = std::move(params),
                       .reach = Scope::page,
                       .reply_type = reply_type});
    };
    add("PASSWORD_STATUS_CHECK", "Whether the page has a password", PasswordAction::ask, {}, "PASSWORD_STATUS");
    add("CREATE_PASSWORD", "Chooses it", PasswordAction::choose, {param::password}, "PASSWORD_CREATE_RESPONSE");
    add("VERIFY_PASSWORD", "Shows it, for a key", PasswordAction::verify, {param::password}, verified);
    add("VERIFY_AUTH_KEY", "Shows the key", PasswordAction::verify_key, {param::auth_key}, verified);
    add("LOGOUT", "The key opens nothing any more", PasswordAction::log_out, {}, "LOGOUT");
}

/// "instance-id:region", "limit?:before?"
std::string parts_of(const Command& command) {
    std::string parts;
    if (command.text.empty()) return parts;
    for (const auto& param : command.params) {
        if (param.part.empty()) continue;
        parts.append(parts.empty() ? "" : ":").append(param.part).append(param.part_required ? "" : "?");
    }
    return parts;
}

}  // namespace

std::span<const Command> commands() {
    static const auto table = [] {
        std::vector<Command> all;
        add_lists(all);
        add_power(all);
        add_registrations(all);
        add_others(all);
        add_handshake(all);
        for (auto& command : all) command.parts = parts_of(command);
        return all;
    }();
    return table;
}

}  // namespace doze::commands
