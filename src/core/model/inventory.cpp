#include "core/model/inventory.hpp"

#include <algorithm>
#include <utility>

namespace doze::core {
namespace {

constexpr Duration between_failures = std::chrono::seconds(10);
constexpr Duration trouble_is_known_for = std::chrono::minutes(10);

/// What a good description of one resource contradicts, though it was a list that failed.
bool is_of_everything(const Error& trouble) {
    return trouble.code == ErrorCode::no_credentials || trouble.recovery == Recovery::retry;
}

const Detail* detail_of(const Observation& seen, std::string_view name) {
    const auto found = std::ranges::find(seen.details, name, &Detail::name);
    return found == seen.details.end() ? nullptr : &*found;
}

/// What was known of it and the description did not ask for stays.
void see(Observation& known, const Observation& seen) {
    auto details = std::move(known.details);
    known = seen;
    if (seen.details.empty()) known.details = std::move(details);
}

void correct(EcsCluster& cluster, EcsService& item, const Observation& seen) {
    const auto before = item;
    see(item.seen, seen);
    item.status = seen.state;
    item.desired_count = seen.size.desired;
    item.running_count = seen.running.value_or(item.running_count);
    if (const auto* pending = detail_of(seen, "pending_count"))
        item.pending_count = static_cast<int>(std::get<std::int64_t>(pending->value));
    else
        item.pending_count = std::clamp(item.desired_count - item.running_count, 0, item.pending_count);
    const auto shift = [](int& sum, int from, int to) { sum = std::max(0, sum + to - from); };
    shift(cluster.running_tasks_count, before.running_count, item.running_count);
    shift(cluster.pending_tasks_count, before.pending_count, item.pending_count);
    shift(cluster.active_services_count, before.status == "ACTIVE" ? 1 : 0, item.status == "ACTIVE" ? 1 : 0);
}

void correct(EksCluster&, EksNodegroup& item, const Observation& seen) {
    see(item.seen, seen);
    item.status = seen.state;
    const auto* type = detail_of(seen, "instance_type");
    if (type == nullptr) return;
    const auto* text = std::get_if<std::string>(&type->value);
    item.instance_type = text == nullptr ? std::nullopt : std::optional(*text);
}

auto& members_of(EcsCluster& cluster) {
    return cluster.services;
}
auto& members_of(EksCluster& cluster) {
    return cluster.nodegroups;
}
const auto& members_of(const EcsCluster& cluster) {
    return cluster.services;
}
const auto& members_of(const EksCluster& cluster) {
    return cluster.nodegroups;
}

template <class Cluster>
void put_in(std::vector<Cluster>& clusters, const Observation& seen) {
    for (auto& cluster : clusters) {
        if (cluster.name != seen.id.cluster) continue;
        for (auto& member : members_of(cluster))
            if (member.seen.id == seen.id) return correct(cluster, member, seen);
    }
}

void put_in(std::vector<Item>& items, const Observation& seen) {
    const auto found =
        std::ranges::find(items, seen.id, [](const Item& item) -> const ResourceId& { return item.seen.id; });
    if (found != items.end()) see(found->seen, seen);
}

void put_in(Ec2Fleet& fleet, const Observation& seen) {
    fleet.put(seen);
}

template <class Cluster>
std::optional<Observation> find_in(const std::vector<Cluster>& clusters, const ResourceId& id) {
    for (const auto& cluster : clusters)
        for (const auto& member : members_of(cluster))
            if (member.seen.id == id) return member.seen;
    return std::nullopt;
}

std::optional<Observation> find_in(const std::vector<Item>& items, const ResourceId& id) {
    const auto found = std::ranges::find(items, id, [](const Item& item) -> const ResourceId& { return item.seen.id; });
    return found == items.end() ? std::nullopt : std::optional(found->seen);
}

std::optional<Observation> find_in(const Ec2Fleet& fleet, const ResourceId& id) {
    return fleet.find(id);
}

template <class Items>
CachedItems cached_of(const Items& items) {
    return items;
}

CachedItems cached_of(const std::vector<Ec2Instance>& instances) {
    return Ec2Fleet(instances);
}

}  // namespace

void Inventory::keep_regions(const std::vector<Region>& regions) {
    std::erase_if(listings_,
                  [&](const auto& entry) { return std::ranges::find(regions, entry.first.second) == regions.end(); });
    for (const auto& region : regions)
        for (const auto& kind : kinds()) listings_.try_emplace(Key{kind.kind, region});
}

void Inventory::put(Kind kind, const Region& region, const Listing& items, Now at, const AccountId& account) {
    const auto cached = listings_.find(Key{kind, region});
    if (cached == listings_.end()) return;
    cached->second = {
        .items = std::visit([](const auto& some) { return cached_of(some); }, static_cast<const Items&>(items)),
        .seen_at = at,
        .asked_at = cached->second.asked_at,
        .trouble = items.incomplete,
        .is_incomplete = items.incomplete.has_value(),
        .account = account};
}

void Inventory::fail(Kind kind, const Region& region, Error why) {
    const auto cached = listings_.find(Key{kind, region});
    if (cached == listings_.end()) return;
    cached->second.trouble = std::move(why);
    cached->second.trouble_of_describe = false;
    cached->second.is_incomplete = false;
}

void Inventory::ask(Kind kind, const Region& region, TimePoint at) {
    const auto cached = listings_.find(Key{kind, region});
    if (cached != listings_.end()) cached->second.asked_at = at;
}

void Inventory::put(const Observation& seen) {
    const auto found = listings_.find(Key{seen.id.kind, seen.id.region});
    if (found == listings_.end() || !seen.id.profile.str().empty()) return;
    auto& cached = found->second;
    // AWS answers, whoever's list this is.
    if (std::exchange(cached.trouble_of_describe, false) || (cached.trouble && is_of_everything(*cached.trouble)))
        cached.trouble.reset();
    if (seen.account != cached.account) return;
    std::visit([&seen](auto& items) { put_in(items, seen); }, cached.items);
}

void Inventory::fail_describe(const ResourceId& id, const Error& why) {
    const auto found = listings_.find(Key{id.kind, id.region});
    if (found == listings_.end() || !id.profile.str().empty()) return;
    if (why.code == ErrorCode::not_found || why.code == ErrorCode::bad_request) return;
    auto& cached = found->second;
    if (cached.trouble && !cached.trouble_of_describe) return;
    cached.trouble = why;
    cached.trouble_of_describe = true;
}

void Inventory::forget_old_troubles(TimePoint now) {
    for (auto& [key, cached] : listings_) {
        if (!cached.trouble || cached.trouble_of_describe || cached.is_incomplete) continue;
        if (cached.asked_at && now - *cached.asked_at > trouble_is_known_for) cached.trouble.reset();
    }
}

bool Inventory::is_stale(Kind kind, const Region& region, Duration max_age, TimePoint now) const {
    const auto found = listings_.find(Key{kind, region});
    if (found == listings_.end()) return false;
    const auto& cached = found->second;
    if (max_age == Duration::zero()) return true;
    if (cached.seen_at && now - cached.seen_at->boot <= max_age) return false;
    return !cached.asked_at || now - *cached.asked_at > std::min(max_age, between_failures);
}

std::optional<Observation> Inventory::find(const ResourceId& id) const {
    const auto cached = listings_.find(Key{id.kind, id.region});
    if (cached == listings_.end() || !id.profile.str().empty()) return std::nullopt;
    auto found = std::visit([&id](const auto& items) { return find_in(items, id); }, cached->second.items);
    if (found) found->account = cached->second.account;
    return found;
}

}  // namespace doze::core
