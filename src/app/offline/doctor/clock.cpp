#include "app/offline/doctor/clock.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/client/clock_skew.hpp"
#include "app/offline/doctor/words.hpp"

namespace doze::doctor {

namespace {

/// AWS takes signatures up to five minutes off (AWS General Reference, "Signing AWS API requests").
constexpr core::Duration too_far = std::chrono::minutes(4);
constexpr core::Duration far = std::chrono::minutes(1);

}  // namespace

boost::asio::awaitable<Result<core::Duration>> clock_offset(ports::HttpClient& http, std::string url,
                                                            const ports::Clock& clock) {
    const auto before = clock.now().wall;
    ports::HttpRequest request{.method = "POST",
                               .url = std::move(url),
                               .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
                               .body = "Action=GetCallerIdentity&Version=2011-06-15"};
    const auto response = co_await http.send(std::move(request));
    if (!response) co_return response.error();
    const auto date = aws::date_of(*response);
    if (!date) {
        co_return Error{
            .message = "The answer of AWS has no date.",
            .next_step = "Check AWS_ENDPOINT_URL and the proxy: something other than AWS may answer there."};
    }
    // A date has whole seconds, so the time was half a second more on average.
    constexpr core::Duration half_a_second = std::chrono::milliseconds(500);
    co_return *date + half_a_second - (before + (clock.now().wall - before) / 2);
}

Finding judge_clock(const std::optional<Result<core::Duration>>& offset) {
    Finding finding{.area = "clock", .what = "this machine"};
    if (!offset || !*offset) {
        return failed(std::move(finding), offset ? std::optional((*offset).error()) : std::nullopt);
    }
    const auto apart = std::chrono::abs(**offset);
    const auto direction = **offset > core::Duration::zero() ? "behind" : "ahead of";
    finding.finding = apart < std::chrono::seconds(2) ? std::string("as AWS's")
                                                      : fmt::format("{} {} AWS's", core::to_string(apart), direction);
    if (apart > far) {
        finding.grade = apart > too_far ? Grade::fail : Grade::warn;
        finding.fix = "Set it: `sudo timedatectl set-ntp true`. AWS refuses signatures that are five minutes off.";
    }
    return finding;
}

}  // namespace doze::doctor
