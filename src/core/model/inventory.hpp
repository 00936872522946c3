#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/model/ec2_fleet.hpp"
#include "core/model/observation.hpp"

namespace doze::core {

struct EcsService {
    Observation seen;
    std::string status;
    int desired_count = 0;
    int running_count = 0;
    int pending_count = 0;
};

struct EcsCluster {
    Region region;
    ClusterName name;
    std::string status;
    int running_tasks_count = 0;
    int pending_tasks_count = 0;
    int active_services_count = 0;
    std::vector<EcsService> services;
};

struct EksNodegroup {
    Observation seen;
    std::string status;
    std::optional<std::string> instance_type;
};

struct EksCluster {
    Region region;
    ClusterName name;
    std::string status;
    std::optional<std::string> version;
    std::optional<std::string> endpoint;
    std::optional<WallTime> created_at;
    std::vector<EksNodegroup> nodegroups;
};

/// One of any other kind. What its list shows of it is in Observation::details.
struct Item {
    Observation seen;
};

using Items =
    std::variant<std::vector<Ec2Instance>, std::vector<EcsCluster>, std::vector<EksCluster>, std::vector<Item>>;

/// Everything of one kind in one region.
struct Listing : Items {
    using Items::Items;

    /// Why it is not everything, if so.
    std::optional<Error> incomplete = std::nullopt;
};

/// The same as it is kept.
using CachedItems = std::variant<Ec2Fleet, std::vector<EcsCluster>, std::vector<EksCluster>, std::vector<Item>>;

/// What doze last saw of one kind in one region. A list that failed keeps what the last good one saw.
struct CachedListing {
    CachedItems items;
    std::optional<Now> seen_at;         ///< When the last good list was; none before the first.
    std::optional<TimePoint> asked_at;  ///< The same of the last one, good or not.
    std::optional<Error> trouble;       ///< Why the newest list or description failed, or saw only a part.
    bool trouble_of_describe = false;   ///< `trouble` is of a description: the next good one clears it.
    bool is_incomplete = false;         ///< `trouble` is that the list had no end.
    AccountId account = {};             ///< The account that owns these; empty where it is not known.
};

/// What doze last saw of all resources in the configured regions. What only a named profile reaches is not in it.
class Inventory {
   public:
    using Key = std::pair<Kind, Region>;

    /// Forgets the lists of other regions.
    void keep_regions(const std::vector<Region>& regions);

    void put(Kind kind, const Region& region, const Listing& items, Now at, const AccountId& account = {});
    void fail(Kind kind, const Region& region, Error why);

    /// A list is asked for.
    void ask(Kind kind, const Region& region, TimePoint at);

    /// Corrects one item, and the counts of its cluster, after a description of it alone. Unknown items, and those of
    /// another account, are left to the next list.
    void put(const Observation& seen);

    /// A description of one resource failed, for a reason that all of its kind and region share.
    void fail_describe(const ResourceId& id, const Error& why);

    /// Drops the troubles of lists that nobody has asked for in a while: doze does not list by itself, so nothing else
    /// would clear them. That a list is incomplete stays.
    void forget_old_troubles(TimePoint now);

    /// Whether a list must be asked for because the last one is older than `max_age`. A list that has just failed is
    /// not asked for again at once, unless `max_age` is 0.
    [[nodiscard]] bool is_stale(Kind kind, const Region& region, Duration max_age, TimePoint now) const;

    [[nodiscard]] const std::map<Key, CachedListing>& listings() const { return listings_; }

    /// The newest that lists and descriptions saw of one resource.
    [[nodiscard]] std::optional<Observation> find(const ResourceId& id) const;

   private:
    std::map<Key, CachedListing> listings_;
};

}  // namespace doze::core
