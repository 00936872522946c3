#include "adapters/aws/client/error_codes.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string_view>

#include "adapters/aws/client/error_advice.hpp"

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

/// Codes that mean different things, by AWS's words.
Meaning told_by_words(Meaning meaning, const Call& call, const Refusal& refusal) {
    const std::string_view words = refusal.message;
    using enum Meaning;
    // EC2 has this code for whoever has not subscribed: to the region, to EC2 itself, or to a product.
    if (refusal.code == "OptInRequired") {
        if (contains_any(words, {"Marketplace", "marketplace", "accept terms"})) return terms_not_accepted;
        return is_opt_in(call.region) ? region_off : account_not_ready;
    }
    // The same code is a fault of AWS's own ("Server."), or that of whoever asked.
    if (refusal.code == "Client.InternalError") return launch_failed;
    // "Instance i-0abc is not ready to hibernate yet. Please try again in a few minutes."
    if ((refusal.code == "UnsupportedOperation" || meaning == not_hibernated) &&
        contains_any(words, {"ready to hibernate"}))
        return not_hibernated_yet;
    if (refusal.code == "UnsupportedOperation" && call.body.find("Hibernate=true") != std::string::npos)
        return not_hibernated;
    // A signature that came too late has the code of a wrong one.
    if (meaning == wrong_signature && contains_any(words, {"Signature expired", "not yet current"})) return wrong_clock;
    if (meaning == protected_from_stop && !contains_any(words, {"disableApi"})) return other;
    // EKS has this code for a node group in transit, for one that a person must mend, and for much else.
    if (refusal.code.starts_with("Invalid") && contains_any(words, {"CREATE_FAILED", "DELETE_FAILED", "DEGRADED"}))
        return state_that_stays;
    if (refusal.code == "InvalidRequestException" &&
        contains_any(words, {"in progress", "UPDATING", "not in Active", "not in ACTIVE"})) {
        return in_transit;
    }
    // RDS has one code for a state that passes, for one that does not, and for what can never be stopped.
    if (refusal.code.starts_with("InvalidDB")) {
        if (contains_any(words, {"replica", "not supported", "SQL Server"})) return other;
        if (contains_any(words, {"storage-full", "failed", "incompatible-", "restore-error", "insufficient-capacity",
                                 "inaccessible-encryption-credentials"}))
            return state_that_stays;
    }
    // Application Auto Scaling: too many targets or policies, not too many requests.
    if (refusal.code == "LimitExceededException" && call.service == "application-autoscaling") return quota;
    // Auto Scaling has no code for a group that is gone.
    if (refusal.code == "ValidationError" && contains_any(words, {"name not found"})) return not_found;
    return meaning;
}

}  // namespace

Meaning meaning_of(const Call& call, const Refusal& refusal, int status) {
    std::string_view code = refusal.code;
    // As a StateReason has them: "Server.InsufficientInstanceCapacity".
    for (const std::string_view party : {"Server.", "Client."}) {
        if (code.starts_with(party)) code.remove_prefix(party.size());
    }
    const auto found = meanings().find(code);
    const auto meaning = told_by_words(found == meanings().end() ? Meaning::other : found->second, call, refusal);
    if ((meaning == Meaning::other || meaning == Meaning::transient) && status == 429) return Meaning::throttled;
    if (meaning == Meaning::other && (status == 500 || (status >= 502 && status <= 504))) return Meaning::transient;
    return meaning;
}

}  // namespace doze::aws
