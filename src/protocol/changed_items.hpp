#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/view.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

/// Finds the items of the lists that read differently than at the last comparison. Keeps 16 bytes of each.
class ChangedItems {
   public:
    /// Something has happened since the last comparison.
    [[nodiscard]] bool may_have_changed(const core::SystemView& view) const { return revision_ != view.revision(); }
    /// There was one.
    [[nodiscard]] bool knows_any() const { return revision_.has_value(); }
    /// How many items were there.
    [[nodiscard]] std::size_t size() const { return known_.size(); }
    void forget();

    using Write = std::function<void(JsonWriter&)>;
    struct Tell {
        /// With the event's type ("AWS_ECS_UPDATE") and what writes its content, an array as in the lists, for each
        /// item that changed. Items that are new, as all are at first, are only remembered.
        std::function<void(std::string_view type, const Write&)> item;

        /// Once, with the ids of the instances that changed, or are new in a list that was not empty; none where some
        /// are only gone. Clients of the original take what they hear of instances for the whole list.
        std::function<void(const std::vector<std::string>& changed)> instances;
    };
    void compare(const core::SystemView& view, const Tell& tell);

   private:
    using Known =
        std::unordered_map<std::size_t, std::size_t>;  ///< Hash of an item's name to that of what is said of it.

    void compare(const core::SystemView& view, core::Kind kind, const Tell& tell, Known& now) const;

    std::optional<std::uint64_t> revision_;
    Known known_;
    std::size_t instances_ = 0;
};

}  // namespace doze::protocol
