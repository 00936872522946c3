#include "adapters/aws/client/error_advice.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace doze::aws {

namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// What follows `intro`, up to the next blank; empty where there is none.
std::string_view word_after(std::string_view text, std::string_view intro) {
    const auto at = text.find(intro);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + intro.size());
    return text.substr(0, text.find(' '));
}

/// The regions of the commercial partition that every account has. Those that opened since March 2019 are switched on
/// by hand (AWS Account Management guide), so this list does not grow.
constexpr std::array<std::string_view, 17> always_on{
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ap-south-1",   "ap-northeast-1",
    "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eu-north-1",     "sa-east-1"};

/// The family of an instance type in a text ("p4d" of "p4d.24xlarge"); empty where it names none.
std::string_view family_in(std::string_view text) {
    constexpr std::array<std::string_view, 6> sizes{".nano", ".micro", ".small", ".medium", ".large", ".metal"};
    auto at = std::string_view::npos;
    for (const auto size : sizes) at = std::min(at, text.find(size));
    // ".xlarge", ".24xlarge".
    if (const auto xlarge = text.find("xlarge"); xlarge != std::string_view::npos) {
        at = std::min(at, text.rfind('.', xlarge));
    }
    if (at == std::string_view::npos) return {};
    auto begin = at;
    while (begin > 0 && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 || text[begin - 1] == '-')) {
        --begin;
    }
    return text.substr(begin, at - begin);
}

/// Source: EC2 user guide, "On-Demand Instance quotas".
std::string on_demand_quota(std::string_view family) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 11> special{{
        {"dl", "DL"},
        {"f", "F"},
        {"g", "G and VT"},
        {"vt", "G and VT"},
        {"u", "High Memory"},
        {"hpc", "HPC"},
        {"inf", "Inf"},
        {"p", "P"},
        {"trn", "Trn"},
        {"x", "X"},
        {"", "Standard (A, C, D, H, I, M, R, T, Z)"},
    }};
    if (family.empty()) return "\"Running On-Demand ... instances\" of its family (counted in vCPUs)";
    const auto letters = family.substr(
        0, static_cast<std::size_t>(std::ranges::find_if_not(family, [](char c) { return c >= 'a' && c <= 'z'; }) -
                                    family.begin()));
    const auto* const found =
        std::ranges::find_if(special, [&](const auto& row) { return row.first.empty() || row.first == letters; });
    return fmt::format("\"Running On-Demand {} instances\"", found->second);
}

std::string quota_of(const Call& call, const Refusal& refusal) {
    const std::string_view code = refusal.code;
    if (contains(code, "VcpuLimitExceeded")) return on_demand_quota(family_in(refusal.message));
    if (contains(code, "InstanceLimitExceeded")) return on_demand_quota(family_in(refusal.message));
    if (code == "MaxSpotInstanceCountExceeded")
        return "\"All Standard Spot Instance Requests\", or that of its family,";
    if (contains(code, "VolumeLimitExceeded")) return "\"Storage for ... volumes\" of EBS";
    if (code == "MaxIOPSLimitExceeded") return "\"IOPS for Provisioned IOPS SSD volumes\" of EBS";
    if (code == "HostLimitExceeded") return "\"Running Dedicated ... Hosts\"";
    if (code == "EniLimitReached") return "\"Network interfaces per Region\" of the VPC";
    if (code.starts_with("InstanceQuotaExceeded")) return "\"DB instances\" of RDS";
    if (code.starts_with("DBClusterQuotaExceeded")) return "\"DB clusters\" of RDS";
    if (code.starts_with("StorageQuotaExceeded")) return "\"Total storage for all DB instances\" of RDS";
    if (call.service == "application-autoscaling") return "\"Scalable targets per resource type\"";
    if (call.service == "eks") return "\"Nodes per managed node group\", or another of EKS,";
    return "of " + call.service;
}

}  // namespace

bool is_opt_in(const Region& region) {
    constexpr std::array<std::string_view, 5> other_partitions{"cn-", "us-gov-", "us-iso", "eu-iso", "eusc-"};
    const std::string_view name = region.str();
    const bool commercial =
        std::ranges::none_of(other_partitions, [&](auto prefix) { return name.starts_with(prefix); });
    return commercial && std::ranges::find(always_on, name) == always_on.end();
}

std::string what_to_do_about_key(const Call& call, const Refusal& refusal) {
    if (refusal.code == "Client.InternalError")
        return "Mostly an encrypted volume whose KMS key those who start the instance may not use: allow them "
               "kms:CreateGrant and kms:Decrypt on it, in IAM and in the key's policy.";
    return fmt::format(
        "The KMS key of {} is disabled, deleted or not allowed to be used: enable it in the KMS console, or "
        "allow its use in the key policy.",
        call.service == "rds" ? "the database" : "its volumes");
}

std::string denied_action(const Call& call, const Refusal& refusal) {
    const auto named = word_after(refusal.message, "not authorized to perform: ");
    const bool action = contains(named, ":") && std::ranges::all_of(named, [](unsigned char c) {
                            return std::isalnum(c) != 0 || c == ':' || c == '-';
                        });
    return action ? std::string(named) : call.iam_action;
}

std::string what_to_do_about_denial(const Call& call, const Refusal& refusal) {
    const std::string action = denied_action(call, refusal);
    const std::string_view words = refusal.message;
    if (refusal.code == "FailedResourceAccessException") {
        return "Application Auto Scaling itself may not read the service: it needs its service-linked role "
               "AWSServiceRoleForApplicationAutoScaling_ECSService.";
    }
    if (contains(words, "service control policy") || contains(words, "resource control policy")) {
        return fmt::format("A policy of the AWS organization denies {}: only its administrators can allow it.", action);
    }
    if (contains(words, "permissions boundary")) {
        return fmt::format("The permissions boundary of these credentials does not allow {}: widen it.", action);
    }
    if (contains(words, "session policy")) {
        return fmt::format("The policy of this session does not allow {}: assume the role without it.", action);
    }
    if (contains(words, "VPC endpoint policy")) {
        return fmt::format("The policy of the VPC endpoint does not allow {}: widen it.", action);
    }
    if (contains(words, "explicit deny")) {
        return fmt::format("A policy denies {} explicitly, which no other can allow: change that policy.", action);
    }
    const auto resource = word_after(words, "on resource: ");
    return fmt::format("Allow the IAM action {}{}{} for these credentials.", action, resource.empty() ? "" : " on ",
                       resource);
}

std::string what_to_do_about_quota(const Call& call, const Refusal& refusal) {
    return fmt::format(
        "The quota {} is used up in {}: stop something else, or ask for more under Service Quotas. doze "
        "goes on trying.",
        quota_of(call, refusal), call.region.str());
}

std::string what_to_do_about_credentials(const Region& region) {
    if (!is_opt_in(region)) return "Check with `aws sts get-caller-identity` that the access key is still active.";
    return fmt::format(
        "Where other regions work, {} is not switched on for the account: do that under Account > AWS "
        "Regions in the console, or take it out of the setting aws.regions. Else check with `aws sts "
        "get-caller-identity` that the access key is still active.",
        region.str());
}

std::string what_holds_it(const Refusal& refusal) {
    const std::string_view code = refusal.code;
    const std::string_view words = refusal.message;
    if (code == "ScalingActivityInProgress") {
        return "A scaling activity of the Auto Scaling group is under way; doze acts when it is over.";
    }
    if (code == "ResourceContention") {
        return "Something else is changing the Auto Scaling group at the same time; doze looks again and then acts.";
    }
    if (code == "InstanceRefreshInProgress") {
        return "An instance refresh of the Auto Scaling group is under way; doze acts when it is over.";
    }
    if (code == "ResourceInUseException" || code == "InvalidRequestException") {
        return "Another update of it is under way; doze acts when it is over.";
    }
    if (code == "IncorrectSpotRequestState") {
        return "Its spot request is not ready, or only AWS may restart it after an interruption; doze looks again.";
    }
    // RDS user guide, "Viewing Amazon RDS DB instance status".
    for (const std::string_view state :
         {"backing-up", "configuring-enhanced-monitoring", "creating", "deleting", "maintenance", "modifying",
          "rebooting", "renaming", "resetting-master-credentials", "starting", "stopping", "storage-optimization",
          "upgrading", "stopped"}) {
        if (code.starts_with("InvalidDB") && contains(words, state)) {
            return fmt::format("The database is {}; doze looks again and then acts.", state);
        }
    }
    return "It is changing its state; doze looks again and then acts.";
}

}  // namespace doze::aws
