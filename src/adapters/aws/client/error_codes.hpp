#pragma once

#include <string>

#include "adapters/aws/client/errors.hpp"

namespace doze::aws {

/// What a code of AWS means to doze.
enum class Meaning {
    throttled,
    transient,
    in_transit,  ///< The resource, or something that holds it, is changing.
    capacity,
    no_addresses,  ///< Of the subnet.
    quota,
    bad_credentials,
    wrong_signature,
    expired,
    wrong_clock,
    denied,
    region_off,  ///< The account has not switched the region on.
    key_unusable,
    launch_failed,
    not_found,
    malformed,
    protected_from_stop,
    not_hibernated_yet,  ///< Its system is not ready: in some minutes.
    not_hibernated,      ///< It can't be, but it may be stopped.
    terms_not_accepted,  ///< Of a product of the Marketplace.
    account_not_ready,   ///< Not verified yet, or blocked.
    state_that_stays,    ///< The resource is in a state that does not pass by itself.
    other,
};

/// By code, and where one code means several things, by AWS's words and the status. A status of 200 is that of a
/// refusal inside a good answer.
[[nodiscard]] Meaning meaning_of(const Call& call, const Refusal& refusal, int status);

/// What a person can do about refusals whose words tell more than their code. Each is one or two sentences.
/// The IAM action that was denied: the one that AWS names ("not authorized to perform: ec2:StopInstances"), which may
/// be another than the call's own, such as iam:PassRole; else the call's.
[[nodiscard]] std::string denied_action(const Call& call, const Refusal& refusal);

/// Which of the policies that have a say must change: one of the organization can't be overruled in the account.
[[nodiscard]] std::string what_to_do_about_denial(const Call& call, const Refusal& refusal);

/// Names the quota as Service Quotas does.
[[nodiscard]] std::string what_to_do_about_quota(const Call& call, const Refusal& refusal);

/// Where the region is one that an account must first switch on, that may be all there is to it.
[[nodiscard]] std::string what_to_do_about_credentials(const Region& region);

/// Whether an account must first switch the region on.
[[nodiscard]] bool is_opt_in(const Region& region);

/// The key of an encrypted volume or database, of the call or of an instance that did not come up.
[[nodiscard]] std::string what_to_do_about_key(const Call& call, const Refusal& refusal);

/// What has hold of a resource in transit.
[[nodiscard]] std::string what_holds_it(const Refusal& refusal);

}  // namespace doze::aws
