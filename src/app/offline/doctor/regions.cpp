#include "app/offline/doctor/regions.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "adapters/aws/client/owners.hpp"
#include "app/offline/doctor/words.hpp"

namespace doze::doctor {

namespace {

/// So far away that lists of many pages become slow.
constexpr core::Duration slow = std::chrono::seconds(1);

}  // namespace

boost::asio::awaitable<void> examine(aws::Client& client, const ports::Clock& clock, RegionFacts& facts) {
    std::array<core::Duration, 3> spans{};
    for (auto& span : spans) {
        const auto began = clock.now().boot;
        const auto identity = co_await aws::sts::caller_identity(client, facts.region);
        if (!identity) {
            facts.answers_in = identity.error();
            co_return;
        }
        span = clock.now().boot - began;
    }
    std::ranges::sort(spans);
    facts.answers_in = spans.at(1);
}

Finding judge_region(const RegionFacts& facts, bool credentials_work) {
    Finding finding{.area = "regions", .what = facts.region.str()};
    if (!facts.answers_in) return failed(std::move(finding), std::nullopt);
    if (const auto& answers_in = *facts.answers_in) {
        finding.finding = fmt::format("answers in {} ms", answers_in->count());
        if (*answers_in > slow) {
            finding.grade = Grade::warn;
            finding.fix = "The network to this region is slow; doze waits for it, so wakes take longer.";
        }
        return finding;
    }
    const auto& error = (*facts.answers_in).error();
    finding = failed(std::move(finding), error);
    if (error.code == ErrorCode::no_credentials && credentials_work) {
        finding.finding = "not enabled for this account, which works elsewhere";
        finding.fix = fmt::format(
            "Enable {} under Account, AWS Regions in the console, or take it out of aws.regions in "
            "settings.json.",
            facts.region.str());
    }
    return finding;
}

}  // namespace doze::doctor
