#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <unordered_map>

#include "commands/json_writer.hpp"
#include "core/engine.hpp"

namespace doze::commands {

/// Finds the items of the lists that read differently than at the last comparison. Keeps 16 bytes of each.
class ChangedItems {
   public:
    /// Something has happened since the last comparison.
    [[nodiscard]] bool may_have_changed(const core::State& state) const { return revision_ != state.revision; }
    /// There was one.
    [[nodiscard]] bool knows_any() const { return revision_.has_value(); }
    void forget();

    /// Calls `tell` with the event's type ("AWS_EC2_UPDATE") and what writes its content, an array as in the lists, for
    /// each item that changed. Items that are new, as all are at first, are only remembered.
    using Write = std::function<void(JsonWriter&)>;
    void compare(const core::State& state, const std::function<void(std::string_view type, const Write&)>& tell);

   private:
    void compare(const core::State& state, core::Kind kind,
                 const std::function<void(std::string_view type, const Write&)>& tell);

    std::optional<std::uint64_t> revision_;
    std::unordered_map<std::size_t, std::size_t> known_;  ///< Hash of an item's name to that of what is said of it.
};

}  // namespace doze::commands
