#pragma once

#include <string>

#include "adapters/aws/client/errors.hpp"

namespace doze::aws {

/// What an AWS error code means for doze.
enum class Meaning {
    throttled,
    transient,
    in_transit,  ///< The resource, or another one that depends on it, is changing.
    capacity,
    no_addresses,  ///< In the subnet.
    quota,
    bad_credentials,
    wrong_signature,
    expired,
    wrong_clock,
    denied,
    region_off,  ///< The region is not enabled for the account.
    key_unusable,
    launch_failed,
    not_found,
    malformed,
    protected_from_stop,
    not_hibernated_yet,  ///< The instance's system is not ready; retry in some minutes.
    not_hibernated,      ///< It can't hibernate, but it may be stopped.
    terms_not_accepted,  ///< Of a Marketplace product.
    account_not_ready,   ///< Not verified yet, or blocked.
    state_that_stays,    ///< The resource is in a state that does not end by itself.
    other,
};

/// The meaning of a refusal: by its code, and if a code has several meanings, by AWS's message and the status. Pass 200
/// for a refusal inside a successful answer.
[[nodiscard]] Meaning meaning_of(const Call& call, const Refusal& refusal, int status);

// Explanations of refusals whose message says more than the code, each of one or two sentences.

/// The IAM action that was denied: the one that AWS names ("not authorized to perform: ec2:StopInstances"), which may
/// differ from the call's own, such as iam:PassRole; else the call's.
[[nodiscard]] std::string denied_action(const Call& call, const Refusal& refusal);

/// Which of the policies involved must change: a policy of the organization can't be overruled in the account.
[[nodiscard]] std::string what_to_do_about_denial(const Call& call, const Refusal& refusal);

/// Names the quota as the Service Quotas console does.
[[nodiscard]] std::string what_to_do_about_quota(const Call& call, const Refusal& refusal);

/// For a region that must be enabled first, this may be the only problem.
[[nodiscard]] std::string what_to_do_about_credentials(const Region& region);

/// Whether accounts must enable this region before use.
[[nodiscard]] bool is_opt_in(const Region& region);

/// About the key of an encrypted volume or database, for a refused call or an instance that did not start.
[[nodiscard]] std::string what_to_do_about_key(const Call& call, const Refusal& refusal);

/// What keeps the resource in transition.
[[nodiscard]] std::string what_holds_it(const Refusal& refusal);

}  // namespace doze::aws
