#include <chrono>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/offline/doctor/aws_checks.hpp"
#include "app/offline/doctor/configuration.hpp"
#include "app/offline/doctor/doctor.hpp"
#include "app/offline/doctor/policy.hpp"
#include "app/offline/runtime.hpp"
#include "cli/pretty_json.hpp"
#include "cli/table.hpp"
#include "cli/terminal_text.hpp"

namespace doze::doctor {
namespace {

constexpr std::chrono::seconds longest_wait(5);

void note(const cli::Console& console, std::string_view sentence) {
    console.err << "note: " << cli::clean(sentence) << '\n';
}

/// Twelve digits; "*", with a note why, where AWS can't be asked.
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

/// Those of other profiles are for other policies.
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
