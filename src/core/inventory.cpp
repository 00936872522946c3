#include "core/inventory.hpp"

#include <algorithm>

namespace doze::core {
namespace {

/// Calls `visit` with each item of the survey that holds an Observation, until it returns true.
template <class SurveyLike, class Visit>
void visit_items(SurveyLike& survey, Visit visit) {
    std::visit(
        [&](auto& items) {
            for (auto& item : items) {
                if constexpr (requires { item.seen; }) {
                    if (visit(item)) return;
                } else if constexpr (requires { item.services; }) {
                    for (auto& service : item.services)
                        if (visit(service)) return;
                } else {
                    for (auto& nodegroup : item.nodegroups)
                        if (visit(nodegroup)) return;
                }
            }
        },
        survey);
}

void correct(Ec2Instance& item, const Observation& seen) {
    item.seen = seen;
}

void correct(EcsService& item, const Observation& seen) {
    item.seen = seen;
    item.status = seen.state;
    item.desired_count = seen.size.desired;
    item.running_count = seen.running.value_or(item.running_count);
    item.pending_count = std::clamp(item.desired_count - item.running_count, 0, item.pending_count);
}

void correct(Item& item, const Observation& seen) {
    item.seen = seen;
}

void correct(EksNodegroup& item, const Observation& seen) {
    item.seen = seen;
    item.status = seen.state;
}

}  // namespace

void Inventory::keep_regions(const std::vector<Region>& regions) {
    std::erase_if(shelves_,
                  [&](const auto& entry) { return std::ranges::find(regions, entry.first.second) == regions.end(); });
    for (const auto& region : regions)
        for (const auto& kind : kinds()) shelves_.try_emplace(Key{kind.kind, region});
}

void Inventory::put(Kind kind, const Region& region, Survey items, Now at) {
    const auto shelf = shelves_.find(Key{kind, region});
    if (shelf == shelves_.end()) return;
    shelf->second = {std::move(items), at, std::nullopt};
}

void Inventory::fail(Kind kind, const Region& region, Error why) {
    const auto shelf = shelves_.find(Key{kind, region});
    if (shelf != shelves_.end()) shelf->second.trouble = std::move(why);
}

void Inventory::put(const Observation& seen) {
    const auto shelf = shelves_.find(Key{seen.id.kind, seen.id.region});
    if (shelf == shelves_.end() || !seen.id.profile.str().empty()) return;
    visit_items(shelf->second.items, [&](auto& item) {
        if (item.seen.id != seen.id) return false;
        correct(item, seen);
        return true;
    });
}

const Observation* Inventory::find(const ResourceId& id) const {
    const Observation* found = nullptr;
    const auto shelf = shelves_.find(Key{id.kind, id.region});
    if (shelf == shelves_.end() || !id.profile.str().empty()) return nullptr;
    visit_items(shelf->second.items, [&](const auto& item) {
        if (item.seen.id != id) return false;
        found = &item.seen;
        return true;
    });
    return found;
}

}  // namespace doze::core
