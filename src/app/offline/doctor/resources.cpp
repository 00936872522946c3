#include "app/offline/doctor/resources.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <fmt/format.h>
#include <memory>
#include <utility>

#include "app/offline/doctor/finding.hpp"
#include "base/async_event.hpp"
#include "core/model/kinds.hpp"

namespace doze::doctor {

namespace asio = boost::asio;

namespace {

using core::Phase;

/// What the kind's sleep is.
std::string sleep_of(const ResourceFacts& facts) {
    const auto& registration = facts.registration;
    if (registration.id.kind == core::Kind::asg) return "would be emptied: its instances are terminated";
    if (core::info(registration.id.kind).sized || registration.id.kind == core::Kind::ecs) return "would be set to 0";
    return registration.hibernate ? "would be hibernated" : "would be stopped";
}

std::string state_of(const core::Observation& seen) {
    const auto& kind = core::info(seen.id.kind);
    if (kind.sized || seen.id.kind == core::Kind::ecs) {
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
    if (!seen.caution.empty()) finding.finding += fmt::format(". {}", seen.caution);
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
    // Shared with the answers, which may come when this has been given up.
    const auto all_seen = std::make_shared<AsyncEvent>(co_await asio::this_coro::executor);
    const auto take = [some, all_seen](const core::ResourceId& id, Result<core::Observation> seen) {
        for (auto* facts : some) {
            if (facts->registration.id == id) facts->seen = seen;
        }
        if (std::ranges::all_of(some, [](const auto* facts) { return facts->seen.has_value(); })) all_seen->set();
    };
    cloud.look(std::move(ids), depth, take);
    co_await all_seen->wait();
}

Finding judge_resource(const ResourceFacts& facts) {
    const auto& id = facts.registration.id;
    const std::string name = core::to_string(id);
    Finding finding{.area = "resources", .what = name};
    if (!facts.seen && facts.others_came) {
        finding.grade = Grade::note;
        finding.finding = "not looked at: there is more to ask about than fits into ten seconds";
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

}  // namespace doze::doctor
