#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "commands/stream_event.hpp"
#include "core/model/kinds.hpp"
#include "core/view.hpp"

namespace doze::protocol {

/// Finds the list items that changed since the last comparison. Keeps 16 bytes of each.
class ChangedItems {
   public:
    /// Whether anything has happened since the last comparison.
    [[nodiscard]] bool may_have_changed(const core::SystemView& view) const { return revision_ != view.revision(); }
    /// Whether there was a comparison yet.
    [[nodiscard]] bool knows_any() const { return revision_.has_value(); }
    /// The number of items at that time.
    [[nodiscard]] std::size_t size() const { return known_.size(); }
    void forget();

    /// An ItemChanged for each changed item; new items, as all are at first, are only remembered. For a kind with
    /// `whole_list_in_events` one ListChanged instead, unless its list was empty.
    [[nodiscard]] std::vector<commands::StreamEvent> compare(const core::SystemView& view);

   private:
    using Known = std::unordered_map<std::size_t, std::size_t>;  ///< Hash of an item's name to the hash of its content.
    using Events = std::vector<commands::StreamEvent>;

    void compare(const core::SystemView& view, const core::KindInfo& kind, Known& now, Events& events);

    std::optional<std::uint64_t> revision_;
    Known known_;
    std::map<core::Kind, std::size_t> lengths_;  ///< Lengths of lists whose events contain the whole list.
};

}  // namespace doze::protocol
