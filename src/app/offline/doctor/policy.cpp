#include "app/offline/doctor/policy.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <chrono>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/offline/doctor/aws_checks.hpp"
#include "app/offline/doctor/doctor.hpp"
#include "app/offline/doctor/files.hpp"
#include "app/offline/runtime.hpp"
#include "base/text.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"

namespace doze::doctor {

namespace json = boost::json;
using aws::Permission;
using aws::service_of;

namespace {

/// Source: botocore's data/partitions.json.
std::string_view partition_of(std::string_view region) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> others{{
        {"cn-", "aws-cn"},
        {"us-gov-", "aws-us-gov"},
        {"eusc-", "aws-eusc"},
        {"us-iso-", "aws-iso"},
        {"us-isob-", "aws-iso-b"},
        {"us-isof-", "aws-iso-f"},
        {"eu-isoe-", "aws-iso-e"},
    }};
    const auto* const found =
        std::ranges::find_if(others, [&](const auto& one) { return region.starts_with(one.first); });
    return found == others.end() ? "aws" : found->second;
}

/// Escapes characters that have a meaning in a policy's ARN (IAM user guide, "Policy elements: variables").
std::string literal(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == '*' || c == '?' || c == '$')
            out.append("${").append(1, c).append("}");
        else
            out += c;
    }
    return out;
}

/// The parts of an ARN, escaped for a policy.
struct Parts {
    std::string_view partition;
    std::string region;
    std::string_view account;
    std::string cluster;
    std::string name;
};

void replace(std::string& text, std::string_view what, std::string_view with) {
    if (const auto at = text.find(what); at != std::string::npos) text.replace(at, what.size(), with);
}

std::string arn_of(const Permission& permission, const Parts& parts) {
    if (permission.resource.empty()) return "*";
    std::string resource(permission.resource);
    replace(resource, "{cluster}", parts.cluster);
    replace(resource, "{name}", parts.name);
    return fmt::format("arn:{}:{}:{}:{}:{}", parts.partition, permission.action.substr(0, permission.action.find(':')),
                       parts.region, parts.account, resource);
}

/// "rds-cluster" -> "RdsCluster"; IAM allows letters and digits only.
std::string sid_of(core::Kind kind) {
    std::string sid;
    bool begins = true;
    for (const char c : core::to_string(kind)) {
        if (c == '-') {
            begins = true;
            continue;
        }
        sid += begins ? upper_case(c) : c;
        begins = false;
    }
    return sid;
}

/// Groups actions by their resources.
class Gatherer {
   public:
    void add(core::Kind kind, std::string_view action, std::vector<std::string> resources) {
        if (resources.empty() || allows(everywhere_, action)) return;
        if (resources.front() == "*") {
            everywhere_.actions.emplace_back(action);
            return;
        }
        auto& statements = by_kind_[kind];
        auto statement = std::ranges::find(statements, resources, &Statement::resources);
        if (statement == statements.end()) {
            statements.push_back({.resources = std::move(resources)});
            statement = statements.end() - 1;
        }
        if (!allows(*statement, action)) statement->actions.emplace_back(action);
    }

    std::vector<Statement> take() {
        std::vector<Statement> all;
        if (!everywhere_.actions.empty()) all.push_back(std::move(everywhere_));
        for (auto& [kind, statements] : by_kind_) {
            for (std::size_t i = 0; i < statements.size(); ++i) {
                auto& statement = statements[i];
                std::erase_if(statement.actions, [&](const auto& action) { return allows(all.front(), action); });
                if (statement.actions.empty()) continue;
                statement.sid = sid_of(kind) + (i == 0 ? "" : std::to_string(i + 1));
                all.push_back(std::move(statement));
            }
        }
        return all;
    }

   private:
    static bool allows(const Statement& statement, std::string_view action) {
        return std::ranges::find(statement.actions, action) != statement.actions.end();
    }

    Statement everywhere_{.sid = "See", .resources = {"*"}};
    std::map<core::Kind, std::vector<Statement>> by_kind_;
};

json::array array_of(const std::vector<std::string>& texts) {
    json::array out;
    for (const auto& text : texts) out.emplace_back(text);
    return out;
}

/// Why an action is needed: its uses, in the order of the table.
std::string_view use_text(const Permission& permission) {
    switch (permission.use) {
        case Permission::Use::list: return "To see what there is.";
        case Permission::Use::describe: return "To look at what is registered.";
        case Permission::Use::sleep: return "To put it to sleep.";
        case Permission::Use::wake: return "To wake it.";
        case Permission::Use::extra: return permission.what_for;
    }
    return {};
}

}  // namespace

std::string arn_of(const Permission& permission, const core::ResourceId& id, std::string_view account) {
    const Parts parts{.partition = partition_of(id.region.str()),
                      .region = id.region.str(),
                      .account = account,
                      .cluster = literal(id.cluster.str()),
                      .name = literal(id.name)};
    return arn_of(permission, parts);
}

std::vector<Statement> least_policy(std::span<const core::ResourceId> ids, std::string_view account) {
    std::map<core::Kind, std::vector<core::ResourceId>> by_kind;
    for (const auto& id : ids) by_kind[id.kind].push_back(id);
    Gatherer gatherer;
    for (const auto& [kind, some] : by_kind) {
        for (const auto& permission : service_of(kind).permissions) {
            std::set<std::string> arns;
            for (const auto& id : some) arns.insert(arn_of(permission, id, account));
            gatherer.add(kind, permission.action, {arns.begin(), arns.end()});
        }
    }
    return gatherer.take();
}

std::vector<Statement> policy_for_all(std::span<const Region> regions, std::string_view account) {
    std::set<std::string_view> partitions;
    for (const auto& region : regions) partitions.insert(partition_of(region.str()));
    if (partitions.empty()) partitions.insert("aws");
    Gatherer gatherer;
    for (const auto& kind : core::kinds()) {
        for (const auto& permission : service_of(kind.kind).permissions) {
            std::set<std::string> arns;
            for (const auto partition : partitions) {
                arns.insert(arn_of(
                    permission,
                    Parts{.partition = partition, .region = "*", .account = account, .cluster = "*", .name = "*"}));
            }
            gatherer.add(kind.kind, permission.action, {arns.begin(), arns.end()});
        }
    }
    return gatherer.take();
}

json::object to_json(std::span<const Statement> policy) {
    json::array statements;
    for (const auto& statement : policy) {
        statements.push_back(json::object{{"Sid", statement.sid},
                                          {"Effect", "Allow"},
                                          {"Action", array_of(statement.actions)},
                                          {"Resource", array_of(statement.resources)}});
    }
    return {{"Version", "2012-10-17"}, {"Statement", std::move(statements)}};
}

std::size_t counted_size(std::string_view policy_text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(policy_text, [](char c) { return c != ' ' && c != '\n' && c != '\t' && c != '\r'; }));
}

std::vector<Reason> reasons(const std::set<core::Kind>& kinds) {
    std::vector<Reason> all;
    for (const auto kind : kinds) {
        for (const auto& permission : service_of(kind).permissions) {
            const auto why = use_text(permission);
            auto known = std::ranges::find(all, permission.action, &Reason::action);
            if (known == all.end()) {
                all.push_back({permission.action, std::string(why)});
            } else if (known->why.find(why) == std::string::npos) {
                known->why.append(" ").append(why);
            }
        }
    }
    return all;
}

namespace {

constexpr std::chrono::seconds longest_wait(5);

void note(const cli::Console& console, std::string_view sentence) {
    console.err << "note: " << cli::clean(sentence) << '\n';
}

/// Twelve digits; "*", with a note why, if AWS can't be asked.
std::string find_account(offline::Runtime& runtime, const Configuration& configuration, const ProfileName& profile,
                         const Region& region, const cli::Console& console) {
    AccountFacts facts{.profile = profile, .region = region};
    const auto opened = runtime.open_aws(configuration.profile());
    if (opened) runtime.run(examine(runtime.aws(), facts), longest_wait, "");
    if (facts.works()) return (*facts.identity)->account;
    std::string why = "AWS did not answer in time.";
    if (!opened) why = opened.error().text();
    if (facts.keys && !*facts.keys) why = facts.keys->error().text();
    if (facts.identity && !*facts.identity) why = facts.identity->error().text();
    note(console, "The account is not known, so the policy is for any: " + why);
    return "*";
}

void explain(const std::set<core::Kind>& kinds, const cli::Console& console) {
    cli::Table table({"ACTION", "WHAT FOR"});
    for (const auto& reason : reasons(kinds)) table.add({{std::string(reason.action)}, {reason.why}});
    console.err << table.text(false);
}

/// Tells which registrations are left out because they use another profile.
void note_others(const config::Registrations& registrations, const ProfileName& profile, const cli::Console& console) {
    std::map<ProfileName, int> others;
    for (const auto& registration : registrations) {
        if (registration.id.profile != profile) ++others[registration.id.profile];
    }
    for (const auto& [other, count] : others) {
        const auto how = other.str().empty() ? std::string("without --profile") : "with --profile " + other.str();
        note(console,
             fmt::format("{} more {} registered {}, for another policy.", count, count == 1 ? "is" : "are", how));
    }
}

void check_size(std::string_view text, const cli::Console& console) {
    const auto size = counted_size(text);
    if (size <= managed_policy_limit) return;
    note(console, fmt::format("IAM counts {} characters, and a managed policy holds {}. Make several of it, each with "
                              "some of the statements or resources, or take `doze iam-policy --all`, which is short.",
                              size, managed_policy_limit));
}

}  // namespace

int print_policy(const cli::PolicyOptions& options, const cli::Console& console) {
    offline::Runtime runtime(console);
    const auto complain = [&](std::string_view sentence) {
        console.err << "error: " << cli::clean(sentence) << '\n';
        return cli::failed;
    };
    const auto configuration = read_configuration(options.config_dir);
    if (configuration.services_trouble) return complain(configuration.services_trouble->text());
    const ProfileName profile(options.profile);
    std::vector<core::ResourceId> ids;
    for (const auto& registration : configuration.registrations) {
        if (registration.id.profile == profile) ids.push_back(registration.id);
    }
    std::set<core::Kind> kinds;
    for (const auto& id : ids) kinds.insert(id.kind);
    if (options.all) {
        for (const auto& kind : core::kinds()) kinds.insert(kind.kind);
    }
    if (!options.all) note_others(configuration.registrations, profile, console);
    if (kinds.empty()) {
        return complain(
            "Nothing is registered, so nothing need be allowed. `doze iam-policy --all` prints what is needed to "
            "register anything.");
    }
    const auto& regions = configuration.settings.core.regions;
    const auto region = !ids.empty() ? ids.front().region : !regions.empty() ? regions.front() : Region("us-east-1");
    const auto account = find_account(runtime, configuration, profile, region, console);
    const auto policy = options.all ? policy_for_all(regions, account) : least_policy(ids, account);
    const auto text = cli::pretty(to_json(policy));
    console.out << text << std::flush;
    check_size(text, console);
    if (options.explain || console.err_is_terminal) explain(kinds, console);
    return cli::success;
}

}  // namespace doze::doctor
