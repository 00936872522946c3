#pragma once

#include <algorithm>
#include <chrono>

#include "adapters/aws/profiles/profiles.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"
#include "core/model/time.hpp"

/// Whether a failed call is worth repeating at once, and how long to wait before. The numbers are those of
/// the AWS SDKs' standard mode (botocore/retries/standard.py). Pure: the random number is handed in.
///
/// Only faults that pass within seconds are repeated here (Recovery::retry). What takes minutes, such as
/// capacity, goes back to the plan, which has the time.
namespace doze::aws {

/// Calls that one request may take, the first included, where nobody says otherwise.
constexpr int attempts_per_call = 3;

/// No attempt begins, and none goes on, later than this after the first one began. Doze's own number: three attempts
/// that AWS leaves unanswered would take twice as long.
constexpr core::Duration longest_call = std::chrono::seconds(90);

/// $AWS_MAX_ATTEMPTS, the profile's max_attempts, or attempts_per_call; an error where it is no number from 1.
/// $AWS_RETRY_MODE is not read: there is the standard mode only, and what the adaptive one is for, the throttle does.
[[nodiscard]] Result<int> max_attempts(const Environment& environment, const Profile& profile);

/// Pause before the next attempt, after `attempt` of them failed with `error` (from 1): anywhere between nothing and
/// 50 ms, 100 ms, 200 ms, ..., after throttling 1 s, 2 s, 4 s, ..., 20 s at most ("full jitter"). Where AWS asked
/// for a pause (`asked`, else zero) not shorter than that, but at most 5 s longer. `random` is in [0, 1).
[[nodiscard]] core::Duration retry_pause(int attempt, const Error& error, core::Duration asked, double random);

/// Keeps a long outage from multiplying the load: repeats cost tokens, successes bring them back. One for all
/// calls of a client.
class RetryQuota {
   public:
    static constexpr int full = 500;
    static constexpr int cost_of_throttling = 5;
    static constexpr int cost_of_a_fault = 14;  ///< No answer, or an error of AWS's own.

    /// Takes what a repeat after `error` costs, and returns it; 0 where there is not enough left.
    [[nodiscard]] int take(const Error& error);

    /// A call succeeded. `taken` is what its last repeat cost, 0 if the first attempt did it.
    void succeeded(int taken) { left_ = std::min(full, left_ + std::max(taken, 1)); }

    [[nodiscard]] int left() const { return left_; }

   private:
    int left_ = full;
};

/// Whether `error`, after `attempt` of at most `attempts` attempts (from 1), is worth another one.
[[nodiscard]] bool worth_repeating(const Error& error, int attempt, int attempts = attempts_per_call);

}  // namespace doze::aws
