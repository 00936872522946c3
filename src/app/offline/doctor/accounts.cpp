#include "app/offline/doctor/accounts.hpp"

#include <fmt/format.h>
#include <utility>

#include "app/offline/doctor/words.hpp"
#include "cli/text.hpp"
#include "ports/system_clock.hpp"

namespace doze::doctor {

boost::asio::awaitable<void> examine(access::CloudAccess& access, AccountFacts& facts) {
    const std::string profile = facts.profile.str();
    const auto keys = co_await access.account(profile).credentials.get(ports::SystemClock().now().wall);
    if (!keys) {
        facts.keys = keys.error();
        co_return;
    }
    facts.keys = Keys{.origin = keys->origin, .expires = keys->expires};
    facts.identity = co_await aws::sts::caller_identity(access.client(profile), facts.region);
}

Finding judge_account(const AccountFacts& facts, core::WallTime now) {
    Finding finding{.area = "credentials", .what = name_of(facts.profile)};
    if (!facts.keys || !*facts.keys) {
        auto result = failed(std::move(finding), facts.keys ? std::optional((*facts.keys).error()) : std::nullopt);
        if (!facts.keys) result.finding = "the place that has them did not answer in time";
        return result;
    }
    if (!facts.works()) {
        return failed(std::move(finding), facts.identity ? std::optional((*facts.identity).error()) : std::nullopt);
    }
    const auto& keys = **facts.keys;
    const auto& identity = **facts.identity;
    finding.finding = fmt::format("account {}, {}, from {}", identity.account, identity.arn, keys.origin);
    if (keys.expires) {
        finding.finding += *keys.expires > now ? fmt::format(", until {}", cli::local_time(*keys.expires, now))
                                               : std::string(", expired");
    }
    if (identity.arn.ends_with(":root")) {
        finding.grade = Grade::warn;
        finding.fix =
            "These are keys of the root user, who may do anything: make an IAM user or role for doze. "
            "`doze iam-policy` prints what it needs.";
    }
    return finding;
}

}  // namespace doze::doctor
