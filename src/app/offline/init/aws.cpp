#include "app/offline/init/aws.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <type_traits>
#include <utility>
#include <variant>

#include "app/offline/doctor/aws_checks.hpp"
#include "app/offline/doctor/permissions.hpp"
#include "base/async_event.hpp"
#include "cli/terminal.hpp"
#include "core/model/kinds.hpp"

namespace doze::init {

namespace {

void add(Candidate candidate, std::vector<Candidate>& candidates) {
    if (candidate.seen.phase != core::Phase::gone) candidates.push_back(std::move(candidate));
}

/// Shows the size instead: AWS calls an ECS service or a group ACTIVE whatever its size.
std::string state_of(const core::Observation& seen) {
    if (seen.running) return fmt::format("{} of {} running", *seen.running, seen.size.desired);
    if (core::info(seen.id.kind).sized) return fmt::format("{} at {}", seen.state, core::to_string(seen.size));
    return seen.state;
}

cli::Cell note(const Candidate& candidate) {
    if (candidate.seen.guard) return {candidate.seen.guard->why, cli::Color::busy};
    if (candidate.registered) return {"registered already", cli::Color::faint};
    return {candidate.seen.losses.any() ? core::to_string(candidate.seen.losses)
                                        : std::string(core::info(candidate.seen.id.kind).caution)};
}

}  // namespace

void add_candidates(const core::Listing& listing, std::vector<Candidate>& candidates) {
    const auto each = [&](const auto& items) {
        using Each = typename std::decay_t<decltype(items)>::value_type;
        for (const auto& item : items) {
            if constexpr (std::is_same_v<Each, core::Ec2Instance>) {
                add({.seen = item.seen, .name = item.name}, candidates);
            } else if constexpr (std::is_same_v<Each, core::EcsCluster>) {
                for (const auto& service : item.services) add({.seen = service.seen}, candidates);
            } else if constexpr (std::is_same_v<Each, core::EksCluster>) {
                for (const auto& nodegroup : item.nodegroups) add({.seen = nodegroup.seen}, candidates);
            } else {
                add({.seen = item.seen}, candidates);
            }
        }
    };
    std::visit(each, static_cast<const core::Items&>(listing));
}

void sort_candidates(std::vector<Candidate>& candidates) {
    std::ranges::sort(candidates, {}, [](const Candidate& candidate) { return candidate.seen.id; });
}

std::string candidates_text(const std::vector<Candidate>& candidates, bool color) {
    cli::Table table({"NO.", "RESOURCE", "NAME", "STATE", "NOTE"});
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto& candidate = candidates[i];
        table.add({{std::to_string(i + 1), cli::Color::none, true},
                   {core::to_string(candidate.seen.id)},
                   {candidate.name},
                   {state_of(candidate.seen), cli::color_of_state(core::to_string(candidate.seen.phase))},
                   note(candidate)});
    }
    return table.text(color);
}

namespace {

constexpr std::chrono::seconds patience(60);

Error too_late() {
    return {.code = ErrorCode::aws_error,
            .message = fmt::format("AWS did not answer within {} s.", patience.count()),
            .next_step = "`doze doctor` tells where it hangs."};
}

/// The lists' results so far. Shared with them, as they may arrive after the time limit.
struct Found {
    std::vector<Candidate> candidates;
    std::vector<std::string> troubles;
};

boost::asio::awaitable<void> list_kind(ports::Cloud& cloud, core::Kind kind, Region region,
                                       std::shared_ptr<Found> found) {
    const auto listed = std::make_shared<AsyncEvent>(co_await boost::asio::this_coro::executor);
    cloud.list(kind, region, [found, listed, region, kind](Result<core::Listing> listing, const AccountId&) {
        if (listing)
            add_candidates(*listing, found->candidates);
        else
            found->troubles.push_back(fmt::format("{} {} could not be read: {}", region.str(), core::info(kind).word,
                                                  listing.error().text()));
        listed->set();
    });
    co_await listed->wait();
}

}  // namespace

Result<std::unique_ptr<Aws>> Aws::open(const std::string& profile, const cli::Console& console) {
    std::unique_ptr<Aws> aws(new Aws(console));
    if (auto opened = aws->runtime_.open_aws(profile); !opened) return opened.error();
    return aws;
}

template <class T>
Result<T> Aws::wait(boost::asio::awaitable<Result<T>> question, std::string_view what) {
    auto answer = runtime_.run(std::move(question), patience, what);
    if (!answer) return too_late();
    return std::move(*answer);
}

Result<std::optional<aws::FoundRegion>> Aws::default_region() {
    return wait(runtime_.aws().default_region(), "Looking for a region");
}

Result<access::Identified> Aws::identify(const Region& region) {
    return wait(runtime_.aws().identify(region), "Asking AWS who you are");
}

Result<std::vector<Region>> Aws::list_regions(const Region& region) {
    return wait(runtime_.aws().list_regions(region), "Asking AWS for the regions");
}

std::vector<Candidate> Aws::list(const std::vector<Region>& regions, const core::GuardSettings& guards,
                                 std::vector<std::string>& troubles) {
    auto& cloud = runtime_.aws().cloud();
    cloud.set_guards(guards);
    const auto found = std::make_shared<Found>();
    std::vector<boost::asio::awaitable<void>> lists;
    for (const auto& region : regions)
        for (const auto& kind : core::kinds()) lists.push_back(list_kind(cloud, kind.kind, region, found));
    if (!runtime_.run(offline::all_of(std::move(lists)), patience, "Asking AWS what there is"))
        found->troubles.push_back(too_late().text());
    std::ranges::sort(found->troubles);
    troubles = std::move(found->troubles);
    sort_candidates(found->candidates);
    return std::move(found->candidates);
}

doctor::Findings Aws::try_out(const std::vector<core::ResourceId>& ids, const std::string& account,
                              const std::string& arn, std::vector<core::ResourceId>& guarded) {
    // Shared with the requests, which may outlive the time limit.
    struct Facts {
        doctor::PermissionFacts permissions;
        std::deque<doctor::ResourceFacts> resources;
    };
    const auto facts = std::make_shared<Facts>();
    std::vector<boost::asio::awaitable<void>> questions;
    auto& client = runtime_.aws().client();
    facts->permissions = doctor::permissions_to_try(ProfileName(), account, ids);
    for (auto& attempt : facts->permissions.attempts) questions.push_back(doctor::examine(client, attempt));
    for (auto& simulation : facts->permissions.simulations)
        questions.push_back(doctor::examine(client, arn, simulation));
    std::vector<doctor::ResourceFacts*> all;
    all.reserve(ids.size());
    for (const auto& id : ids) all.push_back(&facts->resources.emplace_back(doctor::ResourceFacts{{.id = id}}));
    if (!all.empty()) questions.push_back(doctor::examine(runtime_.aws().cloud(), core::Depth::guards, std::move(all)));
    runtime_.run(offline::all_of(std::move(questions)), patience, "Trying it");

    auto findings = doctor::judge_permissions(facts->permissions);
    for (const auto& one : facts->resources) {
        findings.push_back(doctor::judge_resource(one));
        if (one.seen && *one.seen && (*one.seen)->guard) guarded.push_back(one.registration.id);
    }
    return findings;
}

}  // namespace doze::init
