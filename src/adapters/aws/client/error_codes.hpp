#pragma once

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

}  // namespace doze::aws
