#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/cursor.hpp"

namespace doze::protocol {

/// The text replies that stay the same until the state's revision changes. Bounded: at most 16 replies of
/// at most 128 KiB.
class ReplyCache {
   public:
    struct Key {
        commands::ListScope scope;
        std::string_view region;  ///< Empty for all.
        std::size_t limit = 0;
    };

    /// None if it is not kept. Kept alive by the pointer, whatever happens to the cache meanwhile.
    [[nodiscard]] std::shared_ptr<const std::string> find(const Key& key, std::uint64_t revision) const;

    void keep(const Key& key, std::uint64_t revision, std::string_view reply);

   private:
    struct Entry {
        commands::ListScope scope;
        std::string region;
        std::size_t limit;
        std::shared_ptr<const std::string> reply;
    };

    std::uint64_t revision_ = 0;  ///< Of all entries.
    std::vector<Entry> entries_;
};

}  // namespace doze::protocol
