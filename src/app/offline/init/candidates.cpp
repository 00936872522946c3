#include "app/offline/init/candidates.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <type_traits>
#include <utility>
#include <variant>

#include "cli/table.hpp"
#include "core/model/kinds.hpp"

namespace doze::init {
namespace {

void add(Candidate candidate, std::vector<Candidate>& candidates) {
    if (candidate.seen.phase != core::Phase::gone) candidates.push_back(std::move(candidate));
}

/// AWS calls an ECS service ACTIVE, and a group likewise, whatever its size.
std::string state_of(const core::Observation& seen) {
    if (seen.running) return fmt::format("{} of {} running", *seen.running, seen.size.desired);
    if (core::info(seen.id.kind).sized) return fmt::format("{} at {}", seen.state, core::to_string(seen.size));
    return seen.state;
}

cli::Cell note(const Candidate& candidate) {
    if (candidate.seen.guard) return {candidate.seen.guard->why, cli::Color::busy};
    if (candidate.registered) return {"registered already", cli::Color::faint};
    return {candidate.seen.caution.empty() ? std::string(core::info(candidate.seen.id.kind).caution)
                                           : candidate.seen.caution};
}

}  // namespace

void add_candidates(const core::Listing& survey, std::vector<Candidate>& candidates) {
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
    std::visit(each, static_cast<const core::Items&>(survey));
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

}  // namespace doze::init
