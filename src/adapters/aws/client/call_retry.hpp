#pragma once

#include <algorithm>
#include <chrono>

#include "adapters/aws/profiles/profiles.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"
#include "core/model/time.hpp"

/// Whether a failed call is repeated at once, and after which pause. The numbers are those of the AWS SDKs' standard
/// mode (botocore/retries/standard.py). Pure: the caller passes the random number.
///
/// Only faults that pass within seconds are repeated here (Recovery::retry). Those that take minutes, such as lack of
/// capacity, are left to core/reconcile, which has the time.
namespace doze::aws {

/// Default number of attempts per call, including the first.
constexpr int attempts_per_call = 3;

/// Time limit over all attempts of a call, counted from the start of the first. Doze's own choice: three attempts that
/// AWS leaves unanswered would take twice as long.
constexpr core::Duration longest_call = std::chrono::seconds(90);

/// $AWS_MAX_ATTEMPTS, the profile's max_attempts, or attempts_per_call; an error if it is not a number of at least 1.
/// $AWS_RETRY_MODE is ignored: doze has the standard mode only, and its throttle replaces the adaptive one.
[[nodiscard]] Result<int> max_attempts(const Environment& environment, const Profile& profile);

/// Pause before the next attempt, after `attempt` attempts (from 1) have failed, the last with `error`. Random ("full
/// jitter") between 0 and 50 ms, 100 ms, 200 ms, ..., after throttling 1 s, 2 s, 4 s, ..., at most 20 s. If AWS asked
/// for a pause (`asked`, else zero): at least that, at most 5 s more. `random` is in [0, 1).
[[nodiscard]] core::Duration retry_pause(int attempt, const Error& error, core::Duration asked, double random);

/// Keeps a long outage from multiplying the load: repeats cost tokens, successes return them. Shared by all calls of a
/// client.
class RetryQuota {
   public:
    static constexpr int full = 500;
    static constexpr int cost_of_throttling = 5;
    static constexpr int cost_of_a_fault = 14;  ///< No answer, or a server error.

    /// Takes the cost of a repeat after `error` and returns it; 0 if too few tokens are left.
    [[nodiscard]] int take(const Error& error);

    /// Call after a success. `taken` is the cost of the call's last repeat, 0 if the first attempt succeeded.
    void succeeded(int taken) { left_ = std::min(full, left_ + std::max(taken, 1)); }

    [[nodiscard]] int left() const { return left_; }

   private:
    int left_ = full;
};

/// Whether to repeat a call after `attempt` of at most `attempts` attempts (from 1), the last of which failed with
/// `error`.
[[nodiscard]] bool worth_repeating(const Error& error, int attempt, int attempts = attempts_per_call);

}  // namespace doze::aws
