#include "adapters/aws/client/clock_skew.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <fmt/format.h>
#include <string_view>

namespace doze::aws {

namespace {

/// AWS accepts signatures up to five minutes off; the SDKs correct from four on.
constexpr std::chrono::minutes tolerance(4);

/// Error codes that a wrong signing time may cause; the same list as in the AWS SDKs.
constexpr std::array<std::string_view, 6> suspects{"AuthFailure",          "InvalidSignatureException",
                                                   "RequestExpired",       "RequestInTheFuture",
                                                   "RequestTimeTooSkewed", "SignatureDoesNotMatch"};

}  // namespace

std::optional<core::WallTime> date_of(const ports::HttpResponse& response) {
    std::tm time{};
    const std::string date(response.header("date"));
    const char* const rest = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    return core::WallTime(std::chrono::seconds(::timegm(&time)));
}

void AwsTime::learn(core::WallTime date, core::Now sent, core::Now received) {
    // The Date header is truncated to the second.
    const auto least = date.time_since_epoch() - received.boot.time_since_epoch();
    const auto most = date.time_since_epoch() + std::chrono::seconds(1) - sent.boot.time_since_epoch();
    const auto fits = [&](core::Duration from_boot) { return from_boot >= least && from_boot <= most; };
    const auto own = received.wall.time_since_epoch() - received.boot.time_since_epoch();
    if (fits(own))
        from_boot_ = own;
    else if (!from_boot_ || !fits(*from_boot_))
        from_boot_ = (least + most) / 2;
}

core::Duration AwsTime::ahead(core::Now now) const {
    if (!from_boot_) return {};
    const auto ahead = *from_boot_ + now.boot.time_since_epoch() - now.wall.time_since_epoch();
    // A smaller difference is latency, or a clock that is nearly right.
    constexpr core::Duration nothing = std::chrono::seconds(5);
    return std::chrono::abs(ahead) <= nothing ? core::Duration::zero() : ahead;
}

core::WallTime ClockSkew::time_at(const std::string& host, core::WallTime now) const {
    const auto found = offsets_.find(host);
    return found == offsets_.end() ? now : now + found->second;
}

std::optional<ClockSkew::Correction> ClockSkew::learn(const std::string& host, const Error& refusal,
                                                      const ports::HttpResponse& response, core::WallTime signed_at,
                                                      core::WallTime now) {
    if (std::ranges::find(suspects, refusal.aws_code) == suspects.end()) return std::nullopt;
    const auto theirs = date_of(response);
    if (!theirs || std::chrono::abs(*theirs - signed_at) <= tolerance) return std::nullopt;
    const core::Duration offset = *theirs - now;
    offsets_[host] = offset;
    // Says nothing when the clock was corrected meanwhile.
    const bool news = std::chrono::abs(offset) > tolerance && std::chrono::abs(offset - told_) > tolerance;
    told_ = offset;
    if (!news) return Correction{};
    return Correction{
        fmt::format("This machine's clock is {} {} AWS's; doze signs with AWS's time. `timedatectl "
                    "set-ntp true` sets the clock right.",
                    core::to_string(std::chrono::round<std::chrono::minutes>(std::chrono::abs(offset))),
                    offset.count() > 0 ? "behind" : "ahead of")};
}

}  // namespace doze::aws
