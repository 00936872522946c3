#include "app/offline/doctor/permissions.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>
#include <utility>

#include "adapters/aws/kinds/iam.hpp"
#include "app/offline/doctor/finding.hpp"
#include "app/offline/doctor/policy.hpp"

namespace doze::doctor {

using aws::Permission;

namespace {

constexpr std::string_view policy_command = "`doze iam-policy` prints all that doze needs.";

std::string what_of(const ProfileName& profile, std::string_view what) {
    return profile.str().empty() ? std::string(what) : fmt::format("{} ({})", what, name_of(profile));
}

Finding denied(Finding finding, std::string_view action, std::string_view where, std::string_view what_for) {
    finding.grade = what_for.empty() ? Grade::fail : Grade::warn;
    finding.finding = fmt::format("not allowed {}", where);
    finding.fix = fmt::format("Allow the IAM action {}. {}", action, policy_command);
    if (!what_for.empty()) finding.finding += fmt::format(". {}", what_for);
    return finding;
}

/// The result of a test, best first.
enum class Verdict { allowed, unclear, failed, denied };

Verdict verdict_of(const Attempt& attempt) {
    if (!attempt.answer) return Verdict::failed;
    if (aws::is_allowed(*attempt.answer)) return Verdict::allowed;
    const auto& error = attempt.answer->error();
    if (error.code == ErrorCode::access_denied) return Verdict::denied;
    // AWS got past the permission check and rejected the request's content.
    const bool looked_into = !error.aws_code.empty() && error.recovery == Recovery::tell &&
                             error.code != ErrorCode::no_credentials && error.code != ErrorCode::throttled;
    return looked_into ? Verdict::unclear : Verdict::failed;
}

/// Combines all tests of an action into one line.
Finding judge_action(const std::vector<const Attempt*>& attempts) {
    const auto& worst =
        **std::ranges::max_element(attempts, {}, [](const Attempt* attempt) { return verdict_of(*attempt); });
    Finding finding{.area = "permissions", .what = what_of(worst.profile, worst.action)};
    const std::string region = worst.call.region.str();
    switch (verdict_of(worst)) {
        case Verdict::allowed: {
            const bool dry = !*worst.answer;
            finding.finding = dry ? "allowed (dry run)" : "allowed";
            return finding;
        }
        case Verdict::unclear:
            finding.grade = Grade::note;
            finding.finding = fmt::format("can't be told in {}: {}", region, worst.answer->error().message);
            finding.fix = worst.answer->error().next_step.empty() ? "The line of the resource below says more."
                                                                  : worst.answer->error().next_step;
            return finding;
        case Verdict::failed:
            return failed(std::move(finding), worst.answer ? std::optional(worst.answer->error()) : std::nullopt);
        case Verdict::denied:
            return denied(std::move(finding), worst.action, fmt::format("in {}", region), worst.what_for);
    }
    return finding;
}

void judge_simulation(const Simulation& simulation, Findings& findings) {
    if (!simulation.denied || !*simulation.denied) {
        findings.push_back({.area = "permissions",
                            .what = what_of(simulation.profile, fmt::format("{}", fmt::join(simulation.actions, ", "))),
                            .grade = Grade::note,
                            .finding = "can't be tried without doing it",
                            .fix = "Allow iam:SimulatePrincipalPolicy, and IAM itself is asked."});
        return;
    }
    const auto& refused = **simulation.denied;
    for (const auto& action : simulation.actions) {
        Finding finding{
            .area = "permissions", .what = what_of(simulation.profile, action), .finding = "allowed, says IAM"};
        if (std::ranges::find(refused, action) != refused.end()) {
            const auto what_for = simulation.what_for.find(action);
            finding = denied(std::move(finding), action, "on all that is registered, says IAM",
                             what_for == simulation.what_for.end() ? std::string_view() : what_for->second);
        }
        findings.push_back(std::move(finding));
    }
}

}  // namespace

PermissionFacts permissions_to_try(const ProfileName& profile, std::string_view account,
                                   const std::vector<core::ResourceId>& ids) {
    std::map<core::Kind, std::map<Region, std::vector<core::ResourceId>>> groups;
    for (const auto& id : ids) groups[id.kind][id.region].push_back(id);
    PermissionFacts facts;
    for (const auto& [kind, regions] : groups) {
        std::set<std::string_view> known;
        std::map<std::string_view, Simulation> simulations;  // By their resources.
        for (const Permission& permission : aws::service_of(kind).permissions) {
            if (!known.insert(permission.action).second) continue;
            const auto what_for = permission.use == Permission::Use::extra ? permission.what_for : std::string_view();
            if (permission.proof == nullptr) {
                auto& simulation = simulations[permission.resource];
                simulation.actions.emplace_back(permission.action);
                if (!what_for.empty()) simulation.what_for.emplace(permission.action, what_for);
                if (!simulation.resources.empty()) continue;
                simulation.profile = profile;
                simulation.region = regions.begin()->first;
                std::set<std::string> arns;
                for (const auto& [region, some] : regions) {
                    for (const auto& id : some) arns.insert(arn_of(permission, id, account));
                }
                simulation.resources.assign(arns.begin(), arns.end());
                continue;
            }
            for (const auto& [region, some] : regions) {
                facts.attempts.push_back({.profile = profile,
                                          .action = permission.action,
                                          .what_for = what_for,
                                          .call = permission.proof(some)});
            }
        }
        for (auto& [pattern, simulation] : simulations) facts.simulations.push_back(std::move(simulation));
    }
    return facts;
}

boost::asio::awaitable<void> examine(aws::Client& client, Attempt& attempt) {
    auto call = attempt.call;
    attempt.answer = co_await client.call(std::move(call));
}

boost::asio::awaitable<void> examine(aws::Client& client, std::string caller_arn, Simulation& simulation) {
    const auto principal = aws::iam::principal_of(caller_arn);
    if (!principal) co_return;
    aws::iam::Question question{
        .principal = *principal, .actions = simulation.actions, .resources = simulation.resources};
    simulation.denied = co_await aws::iam::denied_actions(client, simulation.region, std::move(question));
}

Findings judge_permissions(const PermissionFacts& facts) {
    // Grouped by action, in the order of the attempts.
    std::vector<std::vector<const Attempt*>> actions;
    for (const auto& attempt : facts.attempts) {
        const auto same = [&](const auto& others) {
            return others.front()->profile == attempt.profile && others.front()->action == attempt.action;
        };
        const auto found = std::ranges::find_if(actions, same);
        if (found == actions.end())
            actions.push_back({&attempt});
        else
            found->push_back(&attempt);
    }
    Findings findings;
    for (const auto& attempts : actions) findings.push_back(judge_action(attempts));
    for (const auto& simulation : facts.simulations) judge_simulation(simulation, findings);
    return findings;
}

}  // namespace doze::doctor
