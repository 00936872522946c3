#pragma once

#include <string>

#include "adapters/aws/client/errors.hpp"

/// What a person can do about refusals whose words tell more than their code. Each is one or two sentences.
namespace doze::aws {

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
