#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/observation.hpp"

namespace doze::core {

struct Ec2Instance {
    Observation seen;
    std::string name;  ///< The tag Name, empty where there is none.
    std::string type;
    std::optional<std::string> public_ip;
    std::optional<std::string> private_ip;
};

/// What a description of a single instance puts into Observation::details: its addresses change with each start.
[[nodiscard]] std::vector<Detail> details_of(const Ec2Instance& instance);

/// The EC2 instances of one region, packed, in the order of their ids: 10,000 of them take about 1.5 MB, where as
/// Ec2Instance they would take 8. Keeps those members of Observation that a list fills in.
class Ec2Fleet {
   public:
    Ec2Fleet() = default;
    explicit Ec2Fleet(std::span<const Ec2Instance> instances);

    /// What a list shows of an instance. Points into the fleet: use at once.
    struct View {
        std::string_view name;
        std::string_view type;
        std::string_view state;
        std::optional<std::string_view> public_ip;
        std::optional<std::string_view> private_ip;
        std::optional<std::string_view> guard;  ///< Guard::why
    };

    [[nodiscard]] std::size_t size() const { return instances_.size(); }
    [[nodiscard]] std::string_view id(std::size_t index) const { return text(instances_[index].id); }
    [[nodiscard]] View view(std::size_t index) const;

    /// What was last seen of it; none where it is not in the fleet. `id` must be of this region.
    [[nodiscard]] std::optional<Observation> find(const ResourceId& id) const;

    /// About how much memory it takes.
    [[nodiscard]] std::size_t bytes() const { return instances_.size() * sizeof(Packed) + texts_.size(); }

    /// Corrects one instance after a description of it alone. An unknown one is left to the next list.
    void put(const Observation& seen);

   private:
    /// Where a text begins in `texts_`; 0 is no text.
    using Place = std::uint32_t;

    struct Packed {
        Place id = 0, name = 0, type = 0, state = 0, public_ip = 0, private_ip = 0, guard = 0, reason = 0, pool = 0,
              advice = 0;
        int desired = 0;
        Phase phase = Phase::gone;
        bool settled = true;
        bool guard_by_tag = false;
        bool can_hibernate = false;
        std::optional<WallTime> changed_at;
    };

    Place add(std::string_view text);
    void replace(Place& old, std::string_view text);
    void set(Packed& packed, const Observation& seen);
    void compact();
    [[nodiscard]] std::string_view text(Place place) const;
    [[nodiscard]] std::optional<std::string_view> text_if(Place place) const;
    [[nodiscard]] std::optional<std::size_t> index_of(std::string_view id) const;

    std::vector<Packed> instances_;
    std::string texts_;             ///< Each as its length (of type Place) and its characters.
    std::size_t compact_size_ = 0;  ///< Of `texts_` when it held nothing superfluous.
};

}  // namespace doze::core
