#include "adapters/aws/client/call_retry.hpp"

#include <charconv>
#include <string>

namespace doze::aws {

Result<int> max_attempts(const Environment& environment, const Profile& profile) {
    std::string text = environment("AWS_MAX_ATTEMPTS").value_or("");
    std::string where = "AWS_MAX_ATTEMPTS";
    if (text.empty()) {
        text = profile.get("max_attempts");
        where = "max_attempts of profile " + profile.name;
    }
    if (text.empty()) return attempts_per_call;
    int attempts = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), attempts);
    if (error == std::errc() && end == text.data() + text.size() && attempts >= 1) return attempts;
    return Error{.code = ErrorCode::bad_request,
                 .message = where + " is not a number from 1.",
                 .next_step = "Correct it, or take it away for " + std::to_string(attempts_per_call) + " attempts."};
}

core::Duration retry_pause(int attempt, const Error& error, core::Duration asked, double random) {
    using Seconds = std::chrono::duration<double>;
    constexpr Seconds longest(20);
    constexpr core::Duration longer_at_most = std::chrono::seconds(5);
    const Seconds scale(error.code == ErrorCode::throttled ? 1 : 0.05);
    const Seconds bound = std::min(longest, scale * (1 << std::clamp(attempt - 1, 0, 16)));
    const auto pause = std::chrono::duration_cast<core::Duration>(bound * random);
    return std::max(pause, std::min(asked, pause + longer_at_most));
}

int RetryQuota::take(const Error& error) {
    const int cost = error.code == ErrorCode::throttled ? cost_of_throttling : cost_of_a_fault;
    if (cost > left_) return 0;
    left_ -= cost;
    return cost;
}

bool worth_repeating(const Error& error, int attempt, int attempts) {
    return error.recovery == Recovery::retry && attempt < attempts;
}

}  // namespace doze::aws
