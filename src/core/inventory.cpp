#include "core/inventory.hpp"

#include <algorithm>

namespace doze::core {
namespace {

/// Calls `visit` with each item that holds an Observation, until it returns true.
template <class Items, class Visit>
void visit_items(Items& items, Visit visit) {
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

template <class Items>
void put_in(Items& items, const Observation& seen) {
    visit_items(items, [&](auto& item) {
        if (item.seen.id != seen.id) return false;
        correct(item, seen);
        return true;
    });
}

void put_in(Ec2Fleet& fleet, const Observation& seen) {
    fleet.put(seen);
}

template <class Items>
std::optional<Observation> find_in(const Items& items, const ResourceId& id) {
    std::optional<Observation> found;
    visit_items(items, [&](const auto& item) {
        if (item.seen.id != id) return false;
        found = item.seen;
        return true;
    });
    return found;
}

std::optional<Observation> find_in(const Ec2Fleet& fleet, const ResourceId& id) {
    return fleet.find(id);
}

template <class Items>
Stock stock_of(const Items& items) {
    return items;
}

Stock stock_of(const std::vector<Ec2Instance>& instances) {
    return Ec2Fleet(instances);
}

}  // namespace

void Inventory::keep_regions(const std::vector<Region>& regions) {
    std::erase_if(shelves_,
                  [&](const auto& entry) { return std::ranges::find(regions, entry.first.second) == regions.end(); });
    for (const auto& region : regions)
        for (const auto& kind : kinds()) shelves_.try_emplace(Key{kind.kind, region});
}

void Inventory::put(Kind kind, const Region& region, const Survey& items, Now at) {
    const auto shelf = shelves_.find(Key{kind, region});
    if (shelf == shelves_.end()) return;
    shelf->second = {std::visit([](const auto& some) { return stock_of(some); }, items), at, std::nullopt};
}

void Inventory::fail(Kind kind, const Region& region, Error why) {
    const auto shelf = shelves_.find(Key{kind, region});
    if (shelf != shelves_.end()) shelf->second.trouble = std::move(why);
}

void Inventory::put(const Observation& seen) {
    const auto shelf = shelves_.find(Key{seen.id.kind, seen.id.region});
    if (shelf == shelves_.end() || !seen.id.profile.str().empty()) return;
    std::visit([&seen](auto& items) { put_in(items, seen); }, shelf->second.items);
}

std::optional<Observation> Inventory::find(const ResourceId& id) const {
    const auto shelf = shelves_.find(Key{id.kind, id.region});
    if (shelf == shelves_.end() || !id.profile.str().empty()) return std::nullopt;
    return std::visit([&id](const auto& items) { return find_in(items, id); }, shelf->second.items);
}

}  // namespace doze::core
