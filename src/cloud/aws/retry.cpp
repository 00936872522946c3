#include "cloud/aws/retry.hpp"

#include <chrono>

namespace doze::cloud::aws {

core::Duration retry_pause(int attempt, double random) {
    constexpr std::chrono::duration<double> longest(20);
    const std::chrono::duration<double> bound =
        std::min(longest, std::chrono::duration<double>(1 << std::clamp(attempt - 1, 0, 16)));
    return std::chrono::duration_cast<core::Duration>(bound * random);
}

int RetryQuota::take(const Error& error) {
    const int cost = error.aws_code.empty() ? cost_of_silence : cost_of_refusal;
    if (cost > left_) return 0;
    left_ -= cost;
    return cost;
}

bool worth_repeating(const Error& error, int attempt) {
    return error.recovery == Recovery::retry && attempt < attempts_per_call;
}

}  // namespace doze::cloud::aws
