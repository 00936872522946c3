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
#include "core/ec2_fleet.hpp"
#include "core/observation.hpp"

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

/// What a list shows of an item besides its name, state and region: a number, a text, or that there is none.
struct Detail {
    std::string_view name;  ///< Of static storage: "instance_class".
    std::variant<std::monostate, std::int64_t, std::string> value;
};

/// One of any other kind. All of one kind have the same details in the same order.
struct Item {
    Observation seen;
    std::vector<Detail> details;
};

/// Everything of one kind in one region.
using Survey =
    std::variant<std::vector<Ec2Instance>, std::vector<EcsCluster>, std::vector<EksCluster>, std::vector<Item>>;

/// The same as it is kept.
using Stock = std::variant<Ec2Fleet, std::vector<EcsCluster>, std::vector<EksCluster>, std::vector<Item>>;

/// What doze last saw of one kind in one region. A look that failed keeps what the last good one saw.
struct Shelf {
    Stock items;
    std::optional<Now> seen_at;    ///< The last good look; none before the first.
    std::optional<Error> trouble;  ///< Why the newest look failed, if it did.
};

/// What doze last saw of all resources in the configured regions. What only a named profile reaches is not in it.
class Inventory {
   public:
    using Key = std::pair<Kind, Region>;

    /// Forgets the shelves of other regions.
    void keep_regions(const std::vector<Region>& regions);

    void put(Kind kind, const Region& region, const Survey& items, Now at);
    void fail(Kind kind, const Region& region, Error why);

    /// Corrects one item after a look at it alone. Unknown items are left to the next survey.
    void put(const Observation& seen);

    [[nodiscard]] const std::map<Key, Shelf>& shelves() const { return shelves_; }

    /// The newest that the surveys and looks saw of one resource.
    [[nodiscard]] std::optional<Observation> find(const ResourceId& id) const;

   private:
    std::map<Key, Shelf> shelves_;
};

}  // namespace doze::core
