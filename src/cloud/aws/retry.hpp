#pragma once

#include <algorithm>

#include "base/result.hpp"
#include "core/time.hpp"

/// Whether a failed call is worth repeating at once, and how long to wait before. The numbers are those of
/// the AWS SDKs' standard mode (botocore/retries/standard.py). Pure: the random number is handed in.
///
/// Only faults that pass within seconds are repeated here (Recovery::retry). What takes minutes, such as
/// capacity, goes back to the plan, which has the time.
namespace doze::cloud::aws {

/// Calls that one request may take, the first included.
constexpr int attempts_per_call = 3;

/// Pause before the next attempt, after `attempt` of them failed (from 1): anywhere between nothing and
/// 1 s, 2 s, 4 s, ... 20 s ("full jitter"). `random` is in [0, 1).
[[nodiscard]] core::Duration retry_pause(int attempt, double random);

/// Keeps a long outage from tripling the load: repeats cost tokens, successes bring them back. One for all
/// calls of a client.
class RetryQuota {
   public:
    static constexpr int full = 500;
    static constexpr int cost_of_refusal = 5;
    static constexpr int cost_of_silence = 10;  ///< AWS did not answer at all.

    /// Takes what a repeat after `error` costs, and returns it; 0 where there is not enough left.
    [[nodiscard]] int take(const Error& error);

    /// A call succeeded. `taken` is what its last repeat cost, 0 if the first attempt did it.
    void succeeded(int taken) { left_ = std::min(full, left_ + std::max(taken, 1)); }

    [[nodiscard]] int left() const { return left_; }

   private:
    int left_ = full;
};

/// Whether `error`, after `attempt` attempts (from 1), is worth another one.
[[nodiscard]] bool worth_repeating(const Error& error, int attempt);

}  // namespace doze::cloud::aws
