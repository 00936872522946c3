#include "app/offline/doctor/aws_checks.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "adapters/aws/client/clock_skew.hpp"
#include "adapters/aws/client/endpoint.hpp"
#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/kinds/service.hpp"
#include "app/offline/doctor/finding.hpp"
#include "base/async_event.hpp"
#include "cli/terminal.hpp"
#include "core/model/kinds.hpp"
#include "ports/clock.hpp"

namespace doze::doctor {

namespace asio = boost::asio;

namespace {

using core::Phase;

/// What putting this resource to sleep does.
std::string sleep_of(const ResourceFacts& facts) {
    const auto& registration = facts.registration;
    return fmt::format("would be {}",
                       registration.hibernate ? "hibernated" : core::info(registration.id.kind).sleep_outcome);
}

std::string state_of(const core::Observation& seen) {
    if (!core::info(seen.id.kind).members.empty()) {
        return fmt::format("{} at {}", seen.state.empty() ? "there" : seen.state, core::to_string(seen.size));
    }
    return seen.state;
}

void judge_awake(const ResourceFacts& facts, const core::Observation& seen, Finding& finding) {
    const auto& registration = facts.registration;
    finding.finding = fmt::format("{}; {}", state_of(seen), sleep_of(facts));
    if (registration.hibernate && !seen.can_hibernate) {
        finding.grade = Grade::warn;
        finding.finding = fmt::format("{}; would be stopped, since it can't hibernate", state_of(seen));
        finding.fix = "Hibernation is chosen at launch: launch it anew with it, or take `hibernate` off.";
    }
    if (seen.losses.any()) finding.finding += fmt::format(". {}", core::to_string(seen.losses));
    const auto limit = registration.busy_cpu_percent;
    if (limit && seen.load && !seen.load->trouble.empty()) {
        finding.grade = Grade::warn;
        finding.finding += fmt::format("; its CPU load is not known: {}", seen.load->trouble);
        finding.fix = "Allow cloudwatch:GetMetricData, or take busy_cpu_percent off.";
    } else if (limit && seen.load && seen.load->cpu_percent.value_or(0) > *limit) {
        finding.finding = fmt::format("{}; busy now ({:.0f} % of its CPU, above {} %), so it would stay awake",
                                      state_of(seen), *seen.load->cpu_percent, *limit);
    }
}

}  // namespace

asio::awaitable<void> examine(ports::Cloud& cloud, core::Depth depth, std::vector<ResourceFacts*> some) {
    std::vector<core::ResourceId> ids;
    ids.reserve(some.size());
    for (const auto* facts : some) ids.push_back(facts->registration.id);
    // Shared with the answers, which may arrive after this call was abandoned.
    const auto all_seen = std::make_shared<AsyncEvent>(co_await asio::this_coro::executor);
    const auto take = [some, all_seen](const core::ResourceId& id, Result<core::Observation> seen) {
        for (auto* facts : some) {
            if (facts->registration.id == id) facts->seen = seen;
        }
        if (std::ranges::all_of(some, [](const auto* facts) { return facts->seen.has_value(); })) all_seen->set();
    };
    cloud.describe(std::move(ids), depth, take);
    co_await all_seen->wait();
}

Finding judge_resource(const ResourceFacts& facts) {
    const auto& id = facts.registration.id;
    const std::string name = core::to_string(id);
    Finding finding{.area = "resources", .what = name};
    if (!facts.seen && facts.others_came) {
        finding.grade = Grade::note;
        finding.finding = "not looked at: there is more to ask about than there is time for";
        finding.fix = "`doze status` shows it: the daemon has more time.";
        return finding;
    }
    if (!facts.seen || !*facts.seen) {
        return failed(std::move(finding), facts.seen ? std::optional(facts.seen->error()) : std::nullopt);
    }
    const auto& seen = **facts.seen;
    if (seen.phase == Phase::gone) {
        finding.grade = Grade::fail;
        finding.finding = fmt::format("AWS has no such {} there", core::info(id.kind).noun);
        finding.fix = fmt::format("Check name and region, or `doze unregister {}`.", name);
        return finding;
    }
    if (seen.stuck) {
        finding.grade = Grade::warn;
        finding.finding = fmt::format("{}, a state that does not pass by itself", seen.state);
        finding.fix = seen.advice;
        return finding;
    }
    if (seen.guard && !(seen.guard->by_tag && facts.registration.force)) {
        finding.grade = Grade::warn;
        finding.finding = fmt::format("{}; never put to sleep: {}", state_of(seen), seen.guard->why);
        finding.fix =
            fmt::format("{}`doze unregister {}`, or do away with the reason.",
                        seen.guard->by_tag ? "`force: true` in services.yaml overrides a tag; else " : "", name);
        return finding;
    }
    switch (seen.phase) {
        case Phase::awake: judge_awake(facts, seen, finding); break;
        case Phase::asleep:
            finding.finding = facts.asleep_by_doze
                                  ? fmt::format("{}; put to sleep by doze, woken when you return", state_of(seen))
                              : facts.stopped_by_you ? fmt::format("{}; stopped by you: stays so", state_of(seen))
                                                     : fmt::format("{}, and not by doze: stays so", state_of(seen));
            break;
        default: finding.finding = fmt::format("{}; doze waits until it has settled", state_of(seen)); break;
    }
    return finding;
}

namespace {

/// Removes the "user:password@" of a URL.
std::string without_password(const std::string& url) {
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = url.rfind('@', url.find('/', begin));
    if (at == std::string::npos || at < begin) return url;
    return url.substr(0, begin) + url.substr(at + 1);
}

void judge_endpoint(const Environment& environment, Findings& findings) {
    std::vector<std::string> names{"AWS_ENDPOINT_URL", aws::endpoint_variable("sts")};
    for (const auto& kind : core::kinds())
        if (auto name = aws::endpoint_variable(aws::service_of(kind.kind).name);
            std::ranges::find(names, name) == names.end())
            names.push_back(std::move(name));
    for (const auto& name : names) {
        const auto url = environment(name.c_str());
        if (!url) continue;
        findings.push_back({.area = "network",
                            .what = name,
                            .grade = Grade::warn,
                            .finding = fmt::format("requests go to {} in place of AWS", without_password(*url)),
                            .fix = fmt::format("`unset {}` to talk to AWS itself.", name)});
    }
}

void judge_proxies(const Environment& environment, Findings& findings) {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
        const auto url = environment(name);
        if (!url) continue;
        findings.push_back({.area = "network",
                            .what = name,
                            .finding = fmt::format("requests go through {}", without_password(*url))});
    }
    for (const char* name : {"no_proxy", "NO_PROXY"}) {
        if (const auto hosts = environment(name)) {
            findings.push_back({.area = "network", .what = name, .finding = "but not those to " + *hosts});
        }
    }
}

void judge_certificates(const Environment& environment, Findings& findings) {
    // In the order in which adapters/http checks them.
    for (const char* name : {"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
        const auto file = environment(name);
        if (!file) continue;
        Finding finding{.area = "network", .what = name, .finding = "certificates are trusted by " + *file};
        if (::access(file->c_str(), R_OK) != 0) {
            finding.grade = Grade::fail;
            finding.finding = *file + " can't be read, so no server is trusted";
            finding.fix = fmt::format("Correct {}, or unset it to trust what this machine trusts.", name);
        }
        findings.push_back(std::move(finding));
        return;
    }
}

}  // namespace

Findings judge_surroundings(const Environment& environment) {
    Findings findings;
    judge_endpoint(environment, findings);
    judge_proxies(environment, findings);
    judge_certificates(environment, findings);
    return findings;
}

namespace {

/// AWS accepts signatures up to five minutes off (AWS General Reference, "Signing AWS API requests").
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
    // The date is truncated to the second, so the time was half a second later on average.
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

namespace {

/// A response time at which lists of many pages become slow.
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
