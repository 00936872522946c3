#include "adapters/aws/client/error_codes.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <fmt/format.h>
#include <initializer_list>
#include <map>
#include <string_view>
#include <utility>

namespace doze::aws {

namespace {

// Throttling and transient: botocore/retries/standard.py. The rest: the error tables of the EC2, ECS, EKS, RDS,
// Auto Scaling, Application Auto Scaling, CloudWatch and STS API references, and the common errors of AWS.
const std::map<std::string_view, Meaning>& meanings() {
    using enum Meaning;
    static const std::map<std::string_view, Meaning> table{
        {"Throttling", throttled},
        {"ThrottlingException", throttled},
        {"ThrottledException", throttled},
        {"RequestThrottled", throttled},
        {"RequestThrottledException", throttled},
        {"TooManyRequestsException", throttled},
        {"ProvisionedThroughputExceededException", throttled},
        {"TransactionInProgressException", throttled},
        {"RequestLimitExceeded", throttled},
        {"BandwidthLimitExceeded", throttled},
        {"LimitExceededException", throttled},
        {"SlowDown", throttled},
        {"PriorRequestNotComplete", throttled},
        {"EC2ThrottledException", throttled},
        {"RequestTimeout", transient},
        {"RequestTimeoutException", transient},
        {"InternalError", transient},
        {"InternalFailure", transient},
        {"InternalServiceException", transient},
        {"InternalServiceFault", transient},
        {"ServerException", transient},
        {"Unavailable", transient},
        {"ServiceUnavailable", transient},
        {"ServiceUnavailableException", transient},
        {"ConcurrentUpdateException", transient},
        {"IDPCommunicationError", transient},
        {"IncorrectInstanceState", in_transit},
        {"IncorrectState", in_transit},
        {"IncorrectSpotRequestState", in_transit},
        {"ResourceInUseException", in_transit},
        {"ResourceInUse", in_transit},
        {"ResourceContention", in_transit},
        {"ScalingActivityInProgress", in_transit},
        {"InstanceRefreshInProgress", in_transit},
        {"InvalidDBInstanceState", in_transit},
        {"InvalidDBInstanceStateFault", in_transit},
        {"InvalidDBClusterStateFault", in_transit},
        {"InsufficientInstanceCapacity", capacity},
        {"InsufficientHostCapacity", capacity},
        {"InsufficientReservedInstanceCapacity", capacity},
        {"InsufficientCapacity", capacity},
        {"InsufficientCapacityOnHost", capacity},
        {"InsufficientVolumeCapacity", capacity},
        {"InsufficientDBInstanceCapacity", capacity},
        {"InsufficientDBInstanceCapacityFault", capacity},
        {"InsufficientDBClusterCapacityFault", capacity},
        {"InsufficientStorageClusterCapacity", capacity},
        {"ReservationCapacityExceeded", capacity},
        {"UnfulfillableCapacity", capacity},
        {"SpotMaxPriceTooLow", capacity},
        {"SpotInstanceShutdown", capacity},
        {"AsgInstanceLaunchFailures", capacity},
        {"InsufficientFreeAddressesInSubnet", no_addresses},
        {"InsufficientFreeAddresses", no_addresses},
        {"IpNotAvailable", no_addresses},
        {"InstanceLimitExceeded", quota},
        {"VcpuLimitExceeded", quota},
        {"MaxSpotInstanceCountExceeded", quota},
        {"VolumeLimitExceeded", quota},
        {"MaxIOPSLimitExceeded", quota},
        {"HostLimitExceeded", quota},
        {"EniLimitReached", quota},
        {"LimitExceeded", quota},
        {"LimitExceededFault", quota},
        {"ResourceLimitExceededException", quota},
        {"InstanceQuotaExceeded", quota},
        {"InstanceQuotaExceededFault", quota},
        {"DBClusterQuotaExceededFault", quota},
        {"StorageQuotaExceeded", quota},
        {"StorageQuotaExceededFault", quota},
        {"AuthFailure", bad_credentials},
        {"InvalidClientTokenId", bad_credentials},
        {"UnrecognizedClientException", bad_credentials},
        {"MissingAuthenticationToken", bad_credentials},
        {"MissingAuthenticationTokenException", bad_credentials},
        {"InvalidAccessKeyId", bad_credentials},
        {"IncompleteSignature", wrong_signature},
        {"IncompleteSignatureException", wrong_signature},
        {"SignatureDoesNotMatch", wrong_signature},
        {"InvalidSignatureException", wrong_signature},
        {"ExpiredToken", expired},
        {"ExpiredTokenException", expired},
        {"RequestExpired", wrong_clock},
        {"RequestInTheFuture", wrong_clock},
        {"RequestTimeTooSkewed", wrong_clock},
        {"UnauthorizedOperation", denied},
        {"AccessDenied", denied},
        {"AccessDeniedException", denied},
        {"NotAuthorized", denied},
        {"FailedResourceAccessException", denied},
        {"OptInRequired", region_off},
        {"RegionDisabledException", region_off},
        {"PendingVerification", account_not_ready},
        {"Blocked", account_not_ready},
        {"UnsupportedHibernationConfiguration", not_hibernated},
        {"InvalidKMSKey.InvalidState", key_unusable},
        {"KMSKeyNotAccessibleFault", key_unusable},
        {"InvalidInstanceID.NotFound", not_found},
        {"ClusterNotFoundException", not_found},
        {"ServiceNotFoundException", not_found},
        {"ServiceNotActiveException", not_found},
        {"ResourceNotFoundException", not_found},
        {"ObjectNotFoundException", not_found},
        {"DBInstanceNotFound", not_found},
        {"DBInstanceNotFoundFault", not_found},
        {"DBClusterNotFoundFault", not_found},
        {"InvalidInstanceID.Malformed", malformed},
        {"OperationNotPermitted", protected_from_stop},
    };
    return table;
}

bool contains_any(std::string_view text, std::initializer_list<std::string_view> parts) {
    return std::ranges::any_of(parts, [&](auto part) { return text.find(part) != std::string_view::npos; });
}

/// Distinguishes by AWS's message the meanings of an ambiguous code.
Meaning told_by_words(Meaning meaning, const Call& call, const Refusal& refusal) {
    const std::string_view words = refusal.message;
    using enum Meaning;
    // EC2 returns this code for a missing subscription to the region, to EC2 itself, or to a product.
    if (refusal.code == "OptInRequired") {
        if (contains_any(words, {"Marketplace", "marketplace", "accept terms"})) return terms_not_accepted;
        return is_opt_in(call.region) ? region_off : account_not_ready;
    }
    // The same code is AWS's own fault ("Server."), or the caller's.
    if (refusal.code == "Client.InternalError") return launch_failed;
    // "Instance i-0abc is not ready to hibernate yet. Please try again in a few minutes."
    if ((refusal.code == "UnsupportedOperation" || meaning == not_hibernated) &&
        contains_any(words, {"ready to hibernate"}))
        return not_hibernated_yet;
    if (refusal.code == "UnsupportedOperation" && call.body.find("Hibernate=true") != std::string::npos)
        return not_hibernated;
    // An expired signature has the code of a wrong one.
    if (meaning == wrong_signature && contains_any(words, {"Signature expired", "not yet current"})) return wrong_clock;
    if (meaning == protected_from_stop && !contains_any(words, {"disableApi"})) return other;
    // EKS returns this code for a node group in transition, for one that a person must repair, and for much else.
    if (refusal.code.starts_with("Invalid") && contains_any(words, {"CREATE_FAILED", "DELETE_FAILED", "DEGRADED"}))
        return state_that_stays;
    if (refusal.code == "InvalidRequestException" &&
        contains_any(words, {"in progress", "UPDATING", "not in Active", "not in ACTIVE"})) {
        return in_transit;
    }
    // RDS has one code for a state that ends, for one that does not, and for a database that can never be stopped.
    if (refusal.code.starts_with("InvalidDB")) {
        if (contains_any(words, {"replica", "not supported", "SQL Server"})) return other;
        if (contains_any(words, {"storage-full", "failed", "incompatible-", "restore-error", "insufficient-capacity",
                                 "inaccessible-encryption-credentials"}))
            return state_that_stays;
    }
    // Application Auto Scaling: too many targets or policies, not too many requests.
    if (refusal.code == "LimitExceededException" && call.service == "application-autoscaling") return quota;
    // Auto Scaling has no code for a missing group.
    if (refusal.code == "ValidationError" && contains_any(words, {"name not found"})) return not_found;
    return meaning;
}

}  // namespace

Meaning meaning_of(const Call& call, const Refusal& refusal, int status) {
    std::string_view code = refusal.code;
    // A StateReason has a prefix: "Server.InsufficientInstanceCapacity".
    for (const std::string_view party : {"Server.", "Client."}) {
        if (code.starts_with(party)) code.remove_prefix(party.size());
    }
    const auto found = meanings().find(code);
    const auto meaning = told_by_words(found == meanings().end() ? Meaning::other : found->second, call, refusal);
    if ((meaning == Meaning::other || meaning == Meaning::transient) && status == 429) return Meaning::throttled;
    if (meaning == Meaning::other && (status == 500 || (status >= 502 && status <= 504))) return Meaning::transient;
    return meaning;
}

namespace {

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// The word after `intro`, up to the next space; empty if there is none.
std::string_view word_after(std::string_view text, std::string_view intro) {
    const auto at = text.find(intro);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + intro.size());
    return text.substr(0, text.find(' '));
}

/// The commercial regions that every account has. Regions opened since March 2019 must be enabled (AWS Account
/// Management guide), so this list does not grow.
constexpr std::array<std::string_view, 17> always_on{
    "us-east-1",      "us-east-2",      "us-west-1",      "us-west-2",      "ap-south-1",   "ap-northeast-1",
    "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eu-north-1",     "sa-east-1"};

/// The family of the instance type that a text names ("p4d" of "p4d.24xlarge"); empty if there is none.
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
